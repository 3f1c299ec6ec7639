import { type Check, milliseconds, pause, seconds, service, scenario as stated, system, workload } from "faultline";

/** With BUG=wrong it lies for a moment when nobody has asked it anything for longer than a busy machine makes anybody wait. */
const program = `let last = Date.now(), until = 0;
  require("node:http").createServer((_, reply) => {
    const now = Date.now();
    if (now - last > 1000) until = now + 1500;
    last = now;
    reply.end(process.env.BUG === "wrong" && now < until ? "no" : "yes");
  }).listen(process.env.PORT, "127.0.0.1");`;

const bug = process.env["BUG"] ?? "";

const oracle = system({
  name: "oracle",
  entry: "web",
  ...(bug === "" ? {} : { variant: `bug ${bug}`, variables: { BUG: bug } }),
  components: { web: service({ command: ["node", "-e", program], readyPath: "/", environment: { BUG: bug } }) },
});

const people = workload({
  name: "people",
  perSecond: 60,
  keys: 1,
  sessions: 4,
  operations: {
    ask: {
      weight: 1,
      effect: "none",
      deadline: milliseconds(300),
      request: () => ({ method: "GET", path: "/" }),
      judge: ({ body }) => ({ outcome: body === "yes" ? "ok" : "wrong" }),
    },
  },
});

/** A scenario of a system of one process with a switch, as short as it can be. */
export const asleep = (checks: readonly Check[], tags: readonly string[] = []) =>
  stated({
    name: "the oracle falls asleep",
    expects: "silence, and never a lie",
    tags,
    system: oracle,
    workload: people,
    phases: { warmUp: seconds(0.6), steady: seconds(1), faults: seconds(2.2), recovery: seconds(2) },
    faults: [{ at: seconds(0.1), lasting: seconds(1.8), inject: pause("web") }],
    checks,
  });
