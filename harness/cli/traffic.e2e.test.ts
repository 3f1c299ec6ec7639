import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RunRecord } from "../model/run.ts";
import { Faultline, temporaryFolder } from "./testing/faultline.ts";

// A fault on a link met nothing unless something went over that link: counted at the real proxy.

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const programs = fileURLToPath(new URL("./testing/advertised/", import.meta.url));

function scenarioOf(fault: string, environment: object, lasting = 2): string {
  const file = join(folder.path, "broker-cut-off.ts");
  writeFileSync(
    file,
    `
      import { availability, latency, milliseconds, partition, refuse, reset, scenario, seconds, service, system, workload } from "faultline";
      const command = (name) => ["node", ${JSON.stringify(programs)} + name];
      export default scenario({
        name: "the broker is cut off", expects: "",
        system: system({
          name: "bus",
          entry: "web",
          components: {
            broker: service({ command: command("broker.mjs"), readyPath: "/" }),
            web: service({
              command: command("web.mjs"), readyPath: "/", environment: ${JSON.stringify(environment)},
              links: { BROKER_URL: { to: "broker", as: "http://{host}:{port}" } },
            }),
          },
        }),
        workload: workload({
          name: "people", perSecond: 50, keys: 1, sessions: 5,
          operations: {
            look: {
              weight: 1, effect: "read", deadline: seconds(1),
              request: () => ({ method: "GET", path: "/" }),
              judge: ({ status }) => ({ outcome: status === 200 ? "ok" : "rejected" }),
            },
          },
        }),
        phases: { warmUp: seconds(0.5), steady: seconds(2), faults: seconds(3), recovery: seconds(1) },
        faults: [{ at: seconds(0.6), lasting: seconds(${lasting}), inject: ${fault} }],
        checks: [availability({ atLeast: 0.01 })],
      });`,
  );
  return file;
}

async function ran(fault: string, environment: object): Promise<RunRecord & { traffic: unknown }> {
  const faultline = new Faultline(["run", scenarioOf(fault, environment), "--seed", "7", "-o", folder.path], {
    output: folder.path,
  });
  await faultline.ended();
  const receipt = faultline.events().find((event) => event.type === "receipt")?.receipt;
  const record: RunRecord = JSON.parse(readFileSync(join(faultline.runFolder, "run.json"), "utf8"));
  return { ...record, traffic: receipt?.traffic };
}

describe("a client that asks its proxy once and then goes where the answer sends it", () => {
  test.each([
    ["partition", `partition("web->broker")`, {}],
    ["partition", `partition("web->broker")`, { KEEPS: "on" }],
    ["refuse", `refuse("web->broker")`, {}],
    ["latency 50 ms on", `latency("web->broker", { latency: milliseconds(50) })`, {}],
  ])("%s of that link met nothing, and the run cannot tell (%s, %o)", async (title, fault, environment) => {
    const { verdict, reasons } = await ran(fault, environment);
    expect(verdict).toBe("inconclusive");
    expect(reasons).toEqual([`${title} web->broker: nothing went through that link while it acted`]);
  });
});

describe("a client that stays with its proxy", () => {
  test.each([
    [`partition("web->broker")`, {}],
    [`partition("web->broker")`, { BREAKER: "on" }],
    [`partition("web->broker", { direction: "replies" })`, {}],
    [`refuse("web->broker")`, { BREAKER: "on" }],
    [`reset("web->broker")`, { BREAKER: "on" }],
    [`latency("web->broker", { latency: milliseconds(50) })`, {}],
    [`partition("clients->web")`, {}],
  ])("%s %o met traffic, and the run is judged", async (fault, environment) => {
    const { reasons, traffic } = await ran(fault, { FOLLOWS: "off", ...environment });
    expect(reasons).toEqual([]);
    expect(traffic).toMatchObject({ before: { requestBytes: expect.any(Number) } });
  });
});

test("a latency that is not shorter than its fault is refused before anything starts", async () => {
  const file = scenarioOf(`latency("web->broker", { latency: seconds(6) })`, {}, 2);
  const faultline = new Faultline(["validate", file], { output: folder.path });
  expect(await faultline.ended()).toBe(64);
  expect(faultline.stderr).toContain(
    "faults[0].lasting: is 2 s, and to prove that latency 6000 ms on web->broker acts takes 6 s",
  );
});
