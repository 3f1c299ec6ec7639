import { expect, test } from "vitest";
import type { Evidence } from "../model/check.ts";
import { nothingGenerated } from "../model/evidence.ts";
import { historyOf, type LoadPhase, outcomeCode, phaseCode } from "../model/history.ts";
import { absorptionOf } from "../model/measure/severity.ts";
import type { LinkTraffic } from "../model/traffic.ts";
import { judgeRun } from "./verdict.ts";

const phases: readonly LoadPhase[] = ["steady", "steady", "faults", "faults"];

/** Operations that were all ok, and a fault on links with such traffic. */
function evidenceOf(traffic: Readonly<Record<string, LinkTraffic | undefined>>): Evidence {
  const history = historyOf(phases.length);
  for (const [row, phase] of phases.entries()) {
    history.phase[row] = phaseCode(phase);
    history.outcome[row] = outcomeCode("ok");
    history.intendedMs[row] = row * 100;
    history.wireMs[row] = row * 100;
    history.endMs[row] = row * 100 + 50;
  }
  const receipts = Object.entries(traffic).map(([on, seen]) => ({
    injection: "i1",
    on,
    requestedMs: 200,
    provenMs: 210,
    healRequestedMs: 400,
    healProvenMs: 410,
    before: {},
    ...(seen === undefined ? {} : { traffic: seen }),
  }));
  const injection = { kind: "partition", target: "web->broker", parameters: {}, id: "i1", atMs: 0, lastingMs: 200 };
  return {
    history,
    errors: [],
    operations: [],
    workloads: [],
    entry: ["clients->web"],
    phases: {},
    schedule: [{ ...injection, acts: Object.keys(traffic), title: "partition web->broker" }],
    receipts,
    events: [],
    generator: { ...nothingGenerated, planned: 4, recorded: 4, dispatched: 4 },
  };
}
const idle: LinkTraffic = { open: 0, inUse: 0, ended: 0, attempts: 0, requestBytes: 0, replyBytes: 0 };
const used: LinkTraffic = { ...idle, attempts: 1 };

test.each<[string, Readonly<Record<string, LinkTraffic | undefined>>, readonly string[]]>([
  ["nothing", { "web->broker": idle }, ["partition web->broker: nothing went through that link while it acted"]],
  [
    "nothing on any of them",
    { "web-1->broker": idle, "web-2->broker": idle },
    ["partition web->broker: nothing went through any of its links while it acted"],
  ],
  ["something on one of them", { "web-1->broker": idle, "web-2->broker": used }, []],
  ["what was not counted on one of them", { "web-1->broker": idle, "web-2->broker": undefined }, []],
  ["something", { "web->broker": used }, []],
])("a fault met %s", (_, traffic, reasons) => {
  expect(judgeRun(evidenceOf(traffic), []).reasons).toEqual(reasons);
});

test("a fault that met nothing was not absorbed either", () => {
  expect(absorptionOf(evidenceOf({ "web->broker": used }))).toMatchObject({ crossed: 2 });
  expect(absorptionOf(evidenceOf({ "web->broker": idle }))).toBeUndefined();
});
