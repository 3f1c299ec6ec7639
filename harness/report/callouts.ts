import type { Figures } from "../model/measure/figures.ts";
import { harmOf, harms } from "../model/measure/harm.ts";
import { type Recovery, type RecoveryWord, recoveryWordOf } from "../model/measure/recovery.ts";
import { count, duration, multiple, percent, plural } from "../model/quantities.ts";
import type { StoredRun } from "../model/run.ts";
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
    ...moments(figures),
    harm(run),
    ...severity(figures),
    ...budget(figures),
    ...okShare(tables),
    ...slowness(tables),
    ...provenIn(windows),
    ...healedIn(windows),
  ];
}

/** When users noticed, when the system itself did, and how long it took until users were served again as before. */
function moments(figures: Figures | null): Callout[] {
  if (figures?.timeToImpactMs === undefined) return [];
  const { timeToImpactMs, timeToDetectMs, recovery } = figures;
  const impact = {
    label: "time to impact",
    value: timeToImpactMs === null ? "none" : duration(timeToImpactMs),
    detail: timeToImpactMs === null ? "every operation was answered as ok" : "to the first operation that was not ok",
    tone: "plain",
  } as const;
  const detect = {
    label: "time to detect",
    value: timeToDetectMs == null ? "never" : duration(timeToDetectMs),
    detail:
      timeToDetectMs == null ? "every instance went on to call itself ready" : "to an instance not ready, or silent",
    tone: "plain",
  } as const;
  // Nobody was asked: then nobody can have told.
  return [impact, ...(timeToDetectMs === undefined ? [] : [detect]), recovered(recoveryWordOf(recovery), recovery)];
}

function recovered(word: RecoveryWord, recovery: Recovery | undefined): Callout {
  const label = "time to recover";
  const said = {
    "not needed": ["none", `none was needed: goodput never left its steady level${doubtOf(recovery)}`, "plain"],
    back: [duration(recovery?.fromHealMs), `from the last heal${doubtOf(recovery)}`, "plain"],
    "not back": [`> ${duration(recovery?.watchedMs)}`, "not back as long as the run watched", "bad"],
    "not known": ["not known", "no steady phase to compare with, or no proven heal", "unsure"],
  } as const;
  const [value, detail, tone] = said[word];
  return { label, value, detail, tone };
}

/** What the load generator or the machine may have spoilt counts as good; else it may have taken longer. */
function doubtOf({ fromHealMs, asRecordedMs }: Partial<Recovery> = {}): string {
  if (asRecordedMs === undefined || asRecordedMs === fromHealMs) return "";
  const longest = asRecordedMs === null ? "never" : duration(asRecordedMs);
  return `; ${longest} if the lateness of the load generator or the machine was the system's`;
}

/** What must not happen even once. */
function harm({ record }: StoredRun): Callout {
  const all = harmOf(record.checks);
  const seen = all
    .flatMap(({ name, by }) => by.filter((one) => one.count > 0).map((one) => ({ ...one, name })))
    .map((one) => `${count(one.count)} ${one.name} (${one.title})`);
  const looked = new Set(all.flatMap(({ by }) => by.map(({ title }) => title))).size;
  const unseen = all.some((one) => one.count === null) ? ", none for what is –" : "";
  const none = looked === 0 ? "no check looks for it" : `${plural(looked, "check")} looked for it${unseen}`;
  const isBroken = record.checks.some(
    (check) => check.verdict === "fail" && harms.some((name) => Number(check.numbers[name] ?? 0) > 0),
  );
  return {
    label: harms.join(" · "),
    value: all.map((one) => (one.count === null ? "–" : count(one.count))).join(" · "),
    detail: seen.join(", ") || none,
    tone: isBroken ? "bad" : "plain",
  };
}

/** How much of the fault the system kept from its users, and how long an outage it made of it. */
function severity(figures: Figures | null): Callout[] {
  const { absorption, amplification } = figures ?? {};
  const absorbed = absorption && {
    label: "absorbed",
    value: percent(absorption.share),
    detail: `of ${plural(absorption.crossed, "operation")} under way while the fault acted; at least ${percent(absorption.range.lower, "down")}, 95 % CI`,
    tone: "plain" as const,
  };
  const amplified = amplification !== undefined && {
    label: "amplification",
    value: multiple(amplification),
    detail: "seconds of outage for each second of fault",
    tone: "plain" as const,
  };
  return [absorbed, amplified].filter((one) => one !== undefined && one !== false);
}

/** Of the workload whose promise burns fastest. */
function budget(figures: Figures | null): Callout[] {
  const burns = (figures?.workloads ?? []).flatMap(({ name, phases }) =>
    phases.faults?.burn === undefined ? [] : [{ name, burn: phases.faults.burn, steady: phases.steady?.burn }],
  );
  const worst = burns.toSorted((a, b) => b.burn - a.burn)[0];
  if (worst === undefined) return [];
  const before = worst.steady === undefined ? "" : ` · steady ${multiple(worst.steady)}`;
  return [
    {
      label: "error budget burns",
      value: multiple(worst.burn),
      detail: `in the fault phase; 1 is what ${worst.name} were promised${before}`,
      tone: "plain",
    },
  ];
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
