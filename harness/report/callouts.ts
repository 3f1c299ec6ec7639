import type { Figures } from "../model/measure/figures.ts";
import type { StoredRun } from "../model/run.ts";
import { duration, percent, plural } from "./format.ts";
import type { OperationTable } from "./operations.ts";
import type { FaultWindow } from "./windows.ts";

/** One number that a reader should see first. */
export interface Callout {
  readonly label: string;
  readonly value: string;
  readonly detail: string;
  readonly tone: "plain" | "good" | "bad" | "unsure";
}

/** The few numbers below the verdict. */
export function calloutsOf(
  run: StoredRun,
  tables: readonly OperationTable[],
  windows: readonly FaultWindow[],
  figures: Figures | null,
): readonly Callout[] {
  return [
    checksHeld(run),
    ...okShare(tables),
    ...slowness(tables),
    ...moments(figures),
    ...provenIn(windows),
    ...healedIn(windows),
  ];
}

/** When users noticed, and how long it took until they were served again as before. */
function moments(figures: Figures | null): Callout[] {
  if (figures?.timeToImpactMs === undefined) return [];
  const { timeToImpactMs, recovery } = figures;
  const impact = {
    label: "time to impact",
    value: timeToImpactMs === null ? "none" : duration(timeToImpactMs),
    detail: timeToImpactMs === null ? "every operation was answered as ok" : "to the first operation that was not ok",
    tone: "plain",
  } as const;
  if (timeToImpactMs === null || recovery === undefined) return [impact];
  const { fromHealMs, watchedMs } = recovery;
  const value = fromHealMs === null ? `> ${duration(watchedMs)}` : duration(fromHealMs);
  const detail = fromHealMs === null ? "not back as long as the run watched" : "from the last heal";
  return [impact, { label: "time to recover", value, detail, tone: fromHealMs === null ? "bad" : "plain" }];
}

function checksHeld({ record }: StoredRun): Callout {
  const { checks } = record;
  const held = checks.filter(({ verdict }) => verdict === "pass").length;
  const broken = checks.filter(({ verdict }) => verdict === "fail").length;
  const undecided = checks.length - held - broken;
  const parts = [broken > 0 && `${broken} broken`, undecided > 0 && `${undecided} undecided`].filter(Boolean);
  return {
    label: "checks held",
    value: checks.length === 0 ? "none" : `${held} of ${checks.length}`,
    detail: checks.length === 0 ? "no check was judged" : parts.join(", ") || "none broken",
    tone: broken > 0 ? "bad" : undecided > 0 || checks.length === 0 ? "unsure" : "good",
  };
}

function okShare([all]: readonly OperationTable[]): Callout[] {
  const [steady, faults] = [phaseOf(all, "steady"), phaseOf(all, "faults")];
  if (faults === undefined || faults.total === 0) return [];
  return [
    {
      label: "ok in the fault phase",
      value: percent(faults.okShare ?? undefined),
      detail: `steady ${percent(steady?.okShare ?? undefined)} · ${plural(faults.total, "operation")}`,
      tone: "plain",
    },
  ];
}

function slowness([all]: readonly OperationTable[]): Callout[] {
  const [steady, faults] = [phaseOf(all, "steady"), phaseOf(all, "faults")];
  if (faults?.p95 == null) return [];
  const detail = `steady ${duration(steady?.p95)} · of those that were ok`;
  return [{ label: "p95 in the fault phase", value: duration(faults.p95), detail, tone: "plain" }];
}

const phaseOf = (table: OperationTable | undefined, name: string) => table?.phases.find(({ phase }) => phase === name);

function provenIn(windows: readonly FaultWindow[]): Callout[] {
  const times = windows.map(({ requestedMs, provenMs }) => (provenMs === null ? null : provenMs - requestedMs));
  return timed("fault proven in", windows, times);
}

function healedIn(windows: readonly FaultWindow[]): Callout[] {
  const times = windows.map(({ healRequestedMs, healProvenMs }) =>
    healRequestedMs === null || healProvenMs === null ? null : healProvenMs - healRequestedMs,
  );
  return timed("healed, proven in", windows, times);
}

/** The slowest, as that is when all of them were. */
function timed(label: string, windows: readonly FaultWindow[], times: readonly (number | null)[]): Callout[] {
  if (windows.length === 0) return [];
  const known = times.filter((time) => time !== null);
  const missing = times.length - known.length;
  const places = plural(windows.length, "place");
  if (missing > 0) {
    const detail = `${plural(missing, "place")} of ${windows.length} without proof`;
    return [{ label, value: "not proven", detail, tone: "unsure" }];
  }
  const detail = windows.length === 1 ? `on ${windows[0]?.on}` : `the slowest of ${places}`;
  return [{ label, value: duration(Math.max(...known)), detail, tone: "plain" }];
}
