import { expect, test } from "vitest";
import type { RunEvent } from "../model/events.ts";
import { storedEvidence } from "../model/evidence.ts";
import { outcomeCode } from "../model/history.ts";
import type { StoredRun } from "../model/run.ts";
import { type CauseLink, causeChainOf } from "./cause-chain.ts";
import { sampleRun } from "./testing/sample-run.ts";
import { scriptless } from "./testing/skeleton.ts";
import { windowsOf } from "./windows.ts";

const failing = sampleRun({ verdict: "fail" });
const wholeChainOf = (run: StoredRun) => causeChainOf(run, storedEvidence(run), windowsOf(run));
const chainOf = (run: StoredRun) => wholeChainOf(run).links;
const [window] = windowsOf(failing);
const fromMs = window!.requestedMs;

test("begins with the fault, ends with the first operation that breaks the first broken check, in order between", () => {
  const links = chainOf(failing);
  const broken = failing.record.checks.find(({ verdict }) => verdict === "fail")!;
  const violating = broken.witness.filter(({ violates }) => violates);
  const first = Math.min(...violating.map(({ fromFaultMs }) => fromFaultMs));
  const [witness] = violating.filter(({ fromFaultMs }) => fromFaultMs === first);
  expect(links[0]).toMatchObject({ what: expect.stringContaining("partition api->cache") });
  expect(links.at(-1)).toMatchObject({
    what: expect.stringContaining(`${broken.title} broken: ${witness!.operation} ${witness!.note}`),
    source: `operation ${witness!.id}`,
    atMs: fromMs + witness!.toFaultMs!,
  });
  const times = links.map(({ atMs }) => atMs);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(links.length).toBeLessThanOrEqual(9);
});

test("every operation that it tells of is in the history as it tells it", () => {
  const { history } = failing;
  const told = chainOf(failing).filter(({ what }) => what.startsWith("first "));
  expect(told.length).toBeGreaterThan(0);
  for (const { source, what, atMs } of told) {
    const row = history!.id.indexOf(Number(source.replace("operation ", "")));
    expect(history!.intendedMs[row]).toBeGreaterThanOrEqual(fromMs);
    expect([history!.endMs[row], history!.intendedMs[row]]).toContain(atMs);
    expect(history!.outcome[row] === outcomeCode("ok")).toBe(what.startsWith("first slow"));
  }
});

test("tells what instances said, how they ended and what they logged, of the system only and after the fault only", () => {
  const at = Date.parse(failing.record.startedAt);
  const line = (ms: number, text: string) => `${new Date(at + ms).toISOString()} ${text}`;
  const run: StoredRun = {
    ...failing,
    events: [
      ...failing.events,
      { atMs: fromMs - 500, type: "health", instance: "api-1", health: "unready" },
      { atMs: fromMs + 60, type: "health", instance: "api-2", health: "unready" },
      { atMs: fromMs + 61, type: "exited", instance: "api-1", pid: 7, how: "SIGSEGV", expected: false },
      { atMs: fromMs + 62, type: "exited", instance: "api-2", pid: 8, how: "SIGKILL", expected: true },
    ],
    logs: {
      "api-1": [
        line(fromMs - 900, "ERROR long before"),
        line(fromMs + 63, "ERROR pool exhausted"),
        line(fromMs + 64, "ERROR again"),
      ],
      toxiproxy: [line(fromMs + 65, "ERROR cut off")],
    },
  };
  const told = chainOf(run).map(({ what }) => what);
  expect(told).toEqual(
    expect.arrayContaining([
      "api-2 says that it is not ready",
      "api-1 ended: SIGSEGV",
      expect.stringMatching(/^api-1: .*pool exhausted/),
    ]),
  );
  expect(told.join("\n")).not.toMatch(/api-1 says|SIGKILL|long before|again|cut off/);
});

test("tells which mark a metric reached first, and by whom, but none that it had reached without the fault", () => {
  const mark = (ms: number, instance: string, name: string, isOn = true): RunEvent => ({
    atMs: fromMs + ms,
    type: "mark",
    instance,
    mark: name,
    isOn,
    value: 7,
  });
  const events = [
    ...failing.events,
    mark(-900, "api-1", "the breaker is open"),
    mark(-800, "api-1", "the breaker is open", false),
    mark(20, "api-2", "the breaker is open"),
    mark(30, "api-2", "the pool is exhausted"),
    mark(25, "api-1", "the pool is exhausted"),
    mark(40, "api-1", "the pool is exhausted", false),
  ];
  const marks = chainOf({ ...failing, events }).filter(({ source }) => source === "metric");
  expect(marks).toEqual([{ atMs: fromMs + 25, what: "api-1: the pool is exhausted (7)", source: "metric" }]);
});

test("says nothing when nothing followed, or no fault was proven", () => {
  const quiet = { ...sampleRun({ verdict: "pass" }), logs: {} };
  const history = { ...quiet.history!, outcome: quiet.history!.outcome.map(() => outcomeCode("ok")) };
  const fast = { ...history, endMs: history.intendedMs.map((ms) => ms + 1) };
  expect(chainOf({ ...quiet, history: fast })).toEqual([]);
  expect(chainOf({ ...failing, events: [] })).toEqual([]);
});

/** The same run with the fault once more, so much earlier, and over by then. */
function withEarlierFault(run: StoredRun, beforeMs: number): StoredRun {
  const [one] = run.record.plan.schedule;
  const earlier = { ...one!, id: "i0", title: "kill the cache", atMs: one!.atMs - beforeMs };
  const events = run.events.flatMap((event): RunEvent[] => {
    if (event.type === "inject") return [{ ...event, injection: earlier.id, atMs: event.atMs - beforeMs }, event];
    if (event.type !== "receipt") return [event];
    const { requestedMs, provenMs = 0 } = event.receipt;
    const receipt = {
      ...event.receipt,
      injection: earlier.id,
      requestedMs: requestedMs - beforeMs,
      provenMs: provenMs - beforeMs,
      healRequestedMs: provenMs - beforeMs + 100,
      healProvenMs: provenMs - beforeMs + 120,
    };
    return [{ ...event, receipt }, event];
  });
  // Witnesses count from the first injection.
  const checks = run.record.checks.map((check) => ({
    ...check,
    witness: check.witness.map((one) => ({
      ...one,
      fromFaultMs: one.fromFaultMs + beforeMs,
      toFaultMs: one.toFaultMs === null ? null : one.toFaultMs + beforeMs,
    })),
  }));
  const plan = { ...run.record.plan, schedule: [earlier, one!] };
  return { ...run, events, record: { ...run.record, checks, plan } };
}

test("of several faults it begins with the one that acted, and says how many were over by then", () => {
  const twice = withEarlierFault(failing, 4000);
  const { links, earlierFaults } = wholeChainOf(twice);
  expect(links).toEqual(chainOf(failing));
  expect(earlierFaults).toBe(1);
  expect(links.map(({ what }) => what).join()).not.toContain("kill the cache");
  expect(scriptless(twice)).toContain("1 fault before it was over by then.");
  expect(wholeChainOf(failing).earlierFaults).toBe(0);
});

test("begins with the fault that was requested first, whatever their order in the plan, and is in order of time", () => {
  const twice = withEarlierFault(failing, 4000);
  const [first, second] = twice.record.plan.schedule;
  // The earlier one acts until the end, so that the chain begins with it.
  const events = twice.events.map((event) => {
    if (event.type !== "receipt" || event.receipt.injection !== first!.id) return event;
    const { healRequestedMs: _, healProvenMs: __, provenMs: ___, ...receipt } = event.receipt;
    return { ...event, receipt };
  });
  const plan = { ...twice.record.plan, schedule: [second!, first!] };
  const links = chainOf({ ...twice, events, record: { ...twice.record, plan } });
  expect(links[0]).toEqual({ atMs: fromMs - 4000, what: "kill the cache requested", source: "plan" });
  const times = links.map(({ atMs }) => atMs);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test("what was broken before any fault has no chain from one", () => {
  const checks = failing.record.checks.map((check) => ({
    ...check,
    witness: check.witness.map((one) => ({ ...one, fromFaultMs: -900, toFaultMs: -800 })),
  }));
  const doubted =
    "no lost writes was broken: that. The fault (partition api->cache) may not be its cause: it was broken before.";
  expect(chainOf({ ...failing, record: { ...failing.record, checks, sentence: doubted } })).toEqual([]);
  // What the fault is named the cause of was lost between the answer and the reading of the final state.
  const sentence = "partition api->cache became a failure: no lost writes was broken, that.";
  const links = chainOf({ ...failing, record: { ...failing.record, checks, sentence } });
  const audit = failing.events.find((event) => event.type === "phase" && event.phase === "audit")!;
  expect(links[0]).toMatchObject({ atMs: fromMs, source: "plan" });
  expect(links.length).toBeGreaterThan(2);
  expect(links.at(-1)).toMatchObject({
    atMs: audit.atMs,
    source: expect.stringMatching(/^final state, operation \d+$/),
  });
});

test("what has no room is counted, and what explains the failure is kept", () => {
  const at = Date.parse(failing.record.startedAt);
  const components = Array.from({ length: 20 }, (_, index) => ({
    name: `api-${index}`,
    kind: "service",
    instances: [`api-${index}`],
  }));
  const said = (index: number): string => `${new Date(at + fromMs + index).toISOString()} ERROR ${index}`;
  const logs = Object.fromEntries(components.map(({ name }, index) => [name, [said(index)]]));
  const system = { ...failing.record.system, topology: { components, links: [] } };
  const noisy = { ...failing, logs, record: { ...failing.record, system } };
  const { links, leftOut } = wholeChainOf(noisy);
  expect(links.length).toBeLessThanOrEqual(9);
  const quiet = wholeChainOf({ ...failing, logs: {} });
  const isKept = ({ source, what }: CauseLink): boolean => source !== "plan" && !what.startsWith("first ");
  expect(links).toEqual(expect.arrayContaining(quiet.links.filter(isKept)));
  const between = (all: readonly CauseLink[]) => all.slice(0, -1).filter(({ source }) => source !== "plan").length;
  expect(between(links) + leftOut).toBe(between(quiet.links) + quiet.leftOut + 20);
  expect(scriptless(noisy)).toContain(`${leftOut} more of this kind had no room here`);
});
