import { describe, expect, it } from "vitest";
import type { Evidence } from "../model/check.ts";
import type { RunEvent } from "../model/events.ts";
import type { Receipt } from "../model/fault.ts";
import { seconds } from "../model/units.ts";
import { Stored } from "../schema/options.ts";
import { checkNamed } from "./index.ts";
import { type LiveOptions, staysLive } from "./stays-live.ts";
import { evidenceOf, standingStill } from "./testing/history.ts";

type Live = RunEvent & { readonly type: "live" };

/** What api-1's live path answered, as the watch emits it: `[when it was asked, what came]`. */
function lives(instance: string, ...answers: readonly (readonly [number, number | "silence" | "refused"])[]): Live[] {
  const kind = (answer: number | string): string => (answer === 200 ? "live" : typeof answer);
  const events: Live[] = [];
  for (const [askedMs, what] of answers) {
    const [last] = events.slice(-1);
    const isSameKind = last !== undefined && kind(last.status ?? last.answer) === kind(what);
    events.push({
      atMs: askedMs + (what === "silence" ? 1000 : 5),
      type: "live",
      instance,
      isLive: what === 200,
      answer: what === "silence" ? "no answer within 1 s" : String(what),
      ...(typeof what === "number" ? { status: what } : {}),
      askedMs,
      inARow: isSameKind ? last.inARow + 1 : 1,
    });
  }
  return events;
}

const rest: RunEvent = { atMs: 35_000, type: "gauges", when: "rest", values: {} };
const tearDown: RunEvent = { atMs: 35_100, type: "phase", phase: "tearDown" };
const judge = (
  events: readonly RunEvent[],
  { changes = {}, options }: { changes?: Partial<Evidence>; options?: LiveOptions } = {},
) => staysLive(options).judge(evidenceOf([], { events: [...events, rest, tearDown], ...changes }));
const acting = (on: string, more: Partial<Receipt> = {}): { changes: Partial<Evidence> } => ({
  changes: {
    receipts: [
      {
        injection: "i1",
        on,
        requestedMs: 11_000,
        provenMs: 11_010,
        healRequestedMs: 19_000,
        healProvenMs: 19_100,
        before: {},
        ...more,
      },
    ],
  },
});
const well = lives("worker-1", [500, 200]);

it("passes where every live path answered 200", () => {
  expect(judge([...lives("api-1", [500, 200]), ...well])).toMatchObject({
    verdict: "pass",
    actual: "2 live paths answered 200 throughout",
    numbers: { watched: 2, failed: 0 },
  });
});

describe("an answer other than 200", () => {
  it.each([503, 500, 404, 302, 204])("%i to two questions in a row fails, to one it does not", (status) => {
    const twice = lives("api-1", [500, 200], [12_000, status], [12_250, status], [12_500, 200]);
    expect(judge([...twice, ...well])).toMatchObject({
      verdict: "fail",
      actual: `api-1 answered ${status} on its live path for 505 ms, while partition api->cache acted`,
      phase: "faults",
      numbers: { watched: 2, failed: 1 },
    });
    const once = lives("api-1", [500, 200], [12_000, status], [12_250, 200], [12_500, status], [12_750, 200]);
    expect(judge([...once, ...well]).verdict).toBe("pass");
  });

  it("fails where it never was another one, and to the end", () => {
    const [first, second] = lives("api-1", [500, 404], [750, 404]);
    expect(judge([first!, second!]).actual).toMatch(/^api-1 answered 404 on its live path for 34.5 s$/);
    expect(judge([first!, second!]).phase).toBe("warmUp");
    expect(judge([...lives("api-1", [500, 200], [34_600, 503], [34_850, 503])]).verdict).toBe("fail");
  });

  it("two different ones in a row are two", () => {
    const mixed = lives("api-1", [500, 200], [12_000, 503], [12_250, 500], [12_500, 200]);
    expect(judge(mixed).verdict).toBe("fail");
  });

  it("is the first instance's that had one, with how many more", () => {
    const later = lives("api-1", [500, 200], [14_000, 503], [14_250, 503], [16_000, 200]);
    const sooner = lives("api-2", [500, 200], [13_000, 503], [13_250, 503], [16_000, 200]);
    expect(judge([...later, ...sooner]).actual).toMatch(/^api-2 answered 503 .* acted, and 1 other$/);
  });

  it("is excused by no lateness", () => {
    const twice = lives("api-1", [500, 200], [12_000, 503], [12_250, 503], [12_500, 200]);
    expect(judge(twice, { changes: standingStill(11_000, 14_000) }).verdict).toBe("fail");
  });
});

describe("silence", () => {
  const silent = (toMs: number, what: "silence" | "refused" = "silence") =>
    lives("api-1", [500, 200], [12_000, what], [toMs - 5, 200]);

  it.each(["silence", "refused"] as const)("%s is forgiven for three seconds, and no longer", (what) => {
    expect(judge(silent(14_990, what))).toMatchObject({
      verdict: "pass",
      actual: "1 live path answered 200, silent for 2.99 s at most (allowed: 3 s)",
    });
    expect(judge(silent(15_010, what))).toMatchObject({ verdict: "fail", phase: "faults" });
  });

  it("is forgiven for as long as the scenario says", () => {
    expect(judge(silent(14_000), { options: { forgive: seconds(1) } }).verdict).toBe("fail");
    expect(judge(silent(20_000), { options: { forgive: seconds(10) } }).verdict).toBe("pass");
    expect(checkNamed("staysLive", { forgive: 1000 })?.law).toBe(staysLive({ forgive: seconds(1) }).law);
    expect(staysLive(new Stored({ forgve: 1 }) as never).judge(evidenceOf([])).verdict).toBe("inconclusive");
  });

  it("that goes over into another answer is one outage", () => {
    const mixed = lives("api-1", [500, 200], [12_000, "silence"], [13_500, 503], [13_750, "refused"], [15_200, 200]);
    expect(judge(mixed).verdict).toBe("fail");
  });

  it("to the end counts until the system rests, and not into tear-down", () => {
    expect(judge(lives("api-1", [500, 200], [31_000, "silence"])).verdict).toBe("fail");
    expect(judge(lives("api-1", [500, 200], [33_000, "silence"])).verdict).toBe("pass");
    const early = { atMs: 33_500, type: "interrupted", by: "SIGINT" } as const;
    expect(judge([...lives("api-1", [500, 200], [31_000, "silence"]), early]).verdict).toBe("pass");
  });

  it("while the machine stood still, or the load generator was late, is undecided where the rest is forgiven", () => {
    const still = { changes: standingStill(12_000, 13_000) };
    expect(judge(silent(16_500), still)).toMatchObject({ verdict: "inconclusive" });
    // Two seconds of it, with what had piled up, and more than three are left.
    expect(judge(silent(17_500), still).verdict).toBe("fail");
    const late = (lagMaxMs: number) => {
      const { generator } = evidenceOf([]);
      const tainted = [{ fromMs: 12_000, toMs: 14_000, lagMaxMs, reason: "lag" }];
      return { changes: { generator: { ...generator, tainted } } };
    };
    expect(judge(silent(16_500), late(120)).verdict).toBe("inconclusive");
    expect(judge(silent(16_500), late(60)).verdict).toBe("fail");
  });

  it("while a tool of Faultline hung is not judged", () => {
    const hung = { atMs: 16_000, type: "replaced", what: "proxy", why: "-", fromMs: 12_500, toMs: 14_000 } as const;
    expect(judge([...silent(16_500), hung]).verdict).toBe("pass");
  });
});

describe("a fault", () => {
  const down = lives("api-1", [500, 200], [12_000, 503], [12_250, 503], [21_000, 200]);
  const dead = lives("api-1", [500, 200], [12_000, "refused"], [21_000, 200]);

  it("on the process excuses it until two seconds after the proof of its heal", () => {
    expect(judge([...down, ...well], acting("api-1")).verdict).toBe("pass");
    expect(judge([...dead, ...well], acting("api-1")).verdict).toBe("pass");
    const longer = lives("api-1", [500, 200], [12_000, 503], [12_250, 503], [21_800, 200]);
    expect(judge([...longer, ...well], acting("api-1")).verdict).toBe("fail");
    const once = lives("api-1", [500, 200], [12_000, 503], [12_250, 503], [21_500, 200]);
    expect(judge([...once, ...well], acting("api-1")).verdict).toBe("pass");
    const before = lives("api-1", [500, 200], [10_000, 503], [10_250, 503], [21_000, 200]);
    expect(judge([...before, ...well], acting("api-1")).verdict).toBe("fail");
  });

  it("on another process, a link of it, or what it depends on, excuses nothing", () => {
    for (const on of ["api-2", "api-1->cache", "postgres"])
      expect(judge([...down, ...well], acting(on)).verdict).toBe("fail");
  });

  it("that was never begun excuses nothing; one that was not healed excuses all", () => {
    const { receipts = [] } = acting("api-1").changes;
    const { provenMs: _, healRequestedMs: __, healProvenMs: ___, ...bare } = receipts[0]!;
    const as = (more: Partial<Receipt>) => judge([...down, ...well], { changes: { receipts: [{ ...bare, ...more }] } });
    expect(as({ error: "injecting: its milestone was not reached" }).verdict).toBe("fail");
    expect(as({ provenMs: 11_010, healRequestedMs: 19_000 }).verdict).toBe("pass");
  });

  it("that acted on each process for as long as it was asked leaves nothing to judge", () => {
    const late = lives("api-1", [11_500, 200]);
    const { receipts = [] } = acting("api-1", { healProvenMs: 34_000 }).changes;
    expect(judge(late, { changes: { receipts } }).verdict).toBe("inconclusive");
  });
});

it("where no live path was asked, as in runs of earlier versions, it is undecided and says what to do", () => {
  expect(judge([])).toMatchObject({
    verdict: "inconclusive",
    actual: "no live path was asked",
    remedy: expect.stringContaining("livePath"),
  });
});

it.each<Partial<Record<keyof Live, unknown>>>([
  { isLive: "true" },
  { isLive: true, status: 503 },
  { status: null },
  { askedMs: null },
  { inARow: undefined },
  { instance: 7 },
])("a record that cannot be read (%o) is never green", (changes) => {
  const [odd] = lives("api-1", [500, 200]);
  expect(judge([...well, { ...odd!, ...changes } as unknown as RunEvent])).toMatchObject({
    verdict: "inconclusive",
    actual: expect.stringContaining("cannot be read"),
  });
});
