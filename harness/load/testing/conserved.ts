import { afterEach, beforeEach, expect } from "vitest";
import type { GeneratorReport } from "../../model/check.ts";
import { outcomeCode } from "../../model/history.ts";
import { type MemorySink, until } from "./rig.ts";

const timersAndSockets = (): string[] =>
  process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap" || name === "Timeout");

/** Connections of this process, those that are being made included. */
export const openConnections = (): string[] =>
  process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap" || name === "TCPConnectWrap");

/** Whatever the tests of a file do to the load, no socket and no timer of it is left. */
export function expectNothingLeft(): void {
  let before = 0;
  beforeEach(() => {
    before = timersAndSockets().length;
  });
  afterEach(() => until(() => timersAndSockets().length <= before));
}

/** Every operation has exactly one record, and all of it adds up. */
export function expectConserved(sink: MemorySink, report: GeneratorReport, planned: number): void {
  expect(report.planned).toBe(planned);
  expect(report.recorded).toBe(planned);
  expect(sink.unflushed).toBe(0);
  expect(sink.records.map(({ id }) => id).sort((a, b) => a - b)).toEqual(
    Array.from({ length: planned }, (_, id) => id),
  );
  expect(report.dispatched).toBe(sink.records.filter(({ dispatchedMs }) => !Number.isNaN(dispatchedMs)).length);
  expect(report.overflow).toBe(sink.records.filter(({ outcome }) => outcome === outcomeCode("overflow")).length);
  const disordered = sink.records.filter(({ intendedMs, dispatchedMs, wireMs, endMs }) => {
    const times = [intendedMs, dispatchedMs, wireMs, endMs].filter((ms) => !Number.isNaN(ms));
    return times.some((ms, index) => index > 0 && ms < times[index - 1]!);
  });
  expect(disordered).toEqual([]);
}
