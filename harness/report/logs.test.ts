import { describe, expect, it } from "vitest";
import { parseLogLine } from "./log-line.ts";
import { excerptsOf } from "./logs.ts";
import { sampleRun } from "./testing/sample-run.ts";

const fromMs = Date.parse("2026-03-04T05:06:07.000Z");
const span = { fromMs, toMs: fromMs + 30_000 };
const at = (line: string): number | null => {
  const { epochMs } = parseLogLine(line, span);
  return epochMs === null ? null : epochMs - fromMs;
};

describe("a log line's time", () => {
  it("is read as pino, zerolog, PostgreSQL and Redis write it", () => {
    expect(at(`{"level":30,"time":${fromMs + 1500},"msg":"hello"}`)).toBe(1500);
    expect(at('{"level":"info","time":"2026-03-04T05:06:09Z","message":"hello"}')).toBe(2000);
    expect(at("2026-03-04 05:06:09.250 UTC [41] LOG:  ready")).toBe(2250);
    expect(at("41:M 04 Mar 2026 05:06:09.500 * Ready")).toBe(2500);
    expect(at("2026-03-04T07:06:09.500+02:00 ready")).toBe(2500);
  });

  it("without a zone is one that lies in the run", () => {
    expect(at("41:M 04 Mar 2026 10:51:09.500 * Ready")).toBe(2500);
    expect(at("2026-03-03 23:06:09.500 LOG: ready")).toBe(2500);
  });

  it("is not made up", () => {
    for (const line of ["ready", "", "{", "null", '{"msg":"x"}', '{"time":{},"msg":"x"}', "9999-99-99 99:99:99 x"]) {
      expect(at(line)).toBeNull();
    }
  });

  it("shows level and message of JSON, and keeps the other fields", () => {
    const line = `{"level":40,"time":${fromMs},"pid":1,"hostname":"h","msg":"breaker open","key":7}`;
    expect(parseLogLine(line, span).text).toBe('warn breaker open {"key":7}');
  });

  it("has words without fields, but with what its error says", () => {
    const wordsOf = (more: object): string =>
      parseLogLine(JSON.stringify({ level: 50, time: fromMs, msg: "no answer", key: 7, ...more }), span).words;
    expect(wordsOf({})).toBe("error no answer");
    expect(wordsOf({ err: { type: "Error", message: "ECONNRESET", stack: "Error: ..." } })).toBe(
      "error no answer: ECONNRESET",
    );
    expect(wordsOf({ error: "ECONNRESET" })).toBe("error no answer: ECONNRESET");
    expect(wordsOf({ msg: "ECONNRESET", err: { message: "ECONNRESET" } })).toBe("error ECONNRESET");
    for (const odd of [null, 7, [], { message: {} }]) expect(wordsOf({ err: odd })).toBe("error no answer");
    expect(parseLogLine("ERROR: plain", span).words).toBe("ERROR: plain");
  });
});

describe("an excerpt", () => {
  const run = sampleRun({ verdict: "pass", perSecond: 5 });
  const transitions = run.events.filter(({ type }) => ["inject", "proven", "heal", "healed"].includes(type));
  const isNear = (atMs: number): boolean => transitions.some((event) => Math.abs(event.atMs - atMs) <= 2000);

  it("has the lines within two seconds of a transition, in order, at most 200, and tells what it left out", () => {
    const [api, api2] = excerptsOf(run);
    expect(api?.lines).toHaveLength(200);
    expect(api?.cut).toBe("200 lines of 202 near a transition, the nearest ones; 598 in all.");
    for (const excerpt of [api, api2]) {
      const times = excerpt!.lines.map(({ atMs }) => atMs!);
      expect(times.every(isNear)).toBe(true);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
    const shown = run.logs["api-2"]!.filter((line) => isNear((JSON.parse(line) as { time: number }).time - fromMs));
    expect(api2?.lines).toHaveLength(shown.length);
  });

  it("keeps a stack trace with its line", () => {
    const line = `{"level":50,"time":${fromMs + 12_000},"msg":"boom"}`;
    const [excerpt] = excerptsOf({ ...run, logs: { api: [line, "Error: boom", "    at here"] } });
    expect(excerpt?.lines.map(({ text }) => text)).toEqual(["error boom", "Error: boom", "at here"]);
  });

  it("of a log without times is its end, and says so", () => {
    const [excerpt] = excerptsOf({ ...run, logs: { api: Array.from({ length: 90 }, (_, index) => `line ${index}`) } });
    expect(excerpt?.lines.at(-1)?.text).toBe("line 89");
    expect(excerpt?.cut).toBe("No line tells a time that could be read: the last 50 of 90.");
  });
});
