import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { exits, usageError } from "../model/errors.ts";
import type { Output } from "./output.ts";

/** `faultline new <name>`: a scenario that runs as it is, to be made one's own. @returns the exit code */
export function newScenario(name: string, flags: { readonly scenarios: string }, output: Output): number {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) {
    const remedy =
      "Give small letters, digits and dashes, as queue-crash: it is the scenario's id and its file's name.";
    throw usageError({ code: "BAD_NAME", where: "new", message: `"${name}" can't be a scenario's name`, remedy });
  }
  const path = join(flags.scenarios, `${name}.ts`);
  if (existsSync(path)) {
    throw usageError({
      code: "FILE_EXISTS",
      where: path,
      message: "is there already",
      remedy: "Give another name.",
    });
  }
  mkdirSync(flags.scenarios, { recursive: true });
  writeFileSync(path, template);
  output.print(relative(process.cwd(), path));
  output.say(`run it: npx faultline run ${name}`);
  return exits.pass;
}

/** A counter over Redis: enough to see a fault, and short enough to be replaced. */
const template = `import {
  availability,
  type HttpReply,
  milliseconds,
  partition,
  recoversWithin,
  redis,
  scenario,
  seconds,
  service,
  system,
  workload,
} from "faultline";

// Your system: what it is made of, and who talks to whom. Put your own command in the place of this one.
const program = \`
  const net = require("node:net");
  const [host, port] = process.env.STORE.split(":");
  const ask = (line) => new Promise((resolve, reject) => {
    const socket = net.connect(port, host, () => socket.write(line + "\\\\r\\\\n"));
    socket.setTimeout(300, () => socket.destroy(new Error("no answer")));
    socket.once("data", (data) => { resolve(String(data)); socket.destroy(); }).once("error", reject).once("close", reject);
  });
  require("node:http").createServer((request, reply) => {
    if (request.url === "/live") return reply.end();
    ask("INCR visits").then((said) => reply.end(said.slice(1)), () => reply.writeHead(503).end());
  }).listen(process.env.PORT, "127.0.0.1");
\`;
const counter = system({
  name: "counter",
  entry: "web",
  components: {
    store: redis(),
    web: service({
      command: ["node", "-e", program],
      readyPath: "/",
      livePath: "/live",
      links: { STORE: { to: "store", as: "{host}:{port}" } },
    }),
  },
});

// Its users: what they do, how often, and what an answer means.
const visitors = workload({
  name: "visitors",
  perSecond: 50,
  keys: 1,
  sessions: 10,
  operations: {
    visit: {
      weight: 1,
      effect: "none",
      deadline: milliseconds(800),
      request: () => ({ method: "GET", path: "/" }),
      judge: ({ status }: HttpReply) => ({ outcome: status === 200 ? "ok" : "rejected" }),
    },
  },
});

export default scenario({
  name: "the store is cut off for a while",
  expects: "visitors are refused meanwhile, and served again soon after",
  system: counter,
  workload: visitors,
  phases: { warmUp: seconds(1), steady: seconds(3), faults: seconds(4), recovery: seconds(4) },
  faults: [{ at: seconds(0.5), lasting: seconds(2), inject: partition("web->store") }],
  checks: [availability({ atLeast: 0.5 }), recoversWithin(seconds(2))],
});
`;
