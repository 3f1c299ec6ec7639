import { z } from "zod";
import type { Check, Evidence, FinalState } from "../model/check.ts";
import { outcomeCode } from "../model/history.ts";
import { count, plural, statedPercent } from "../model/quantities.ts";
import { isWrite } from "../model/workload.ts";
import { number } from "../schema/fields.ts";
import { Misstated, optionsOf } from "../schema/options.ts";
import { finalsOf, writesBySpot } from "./final-registers.ts";
import { soundState } from "./final-state.ts";
import { checkOf, commonPhase, type Finding } from "./finding.ts";
import { keyWritesOf } from "./key-writes.ts";
import { type Anomaly, type Fate, fateUnder, forgotten, type WrittenKey } from "./lost-writes.ts";
import { anAudit, effectOf, needs } from "./plan-problems.ts";
import { flags, isAcknowledged, isNeverExecuted, rowsById, undecided, witnesses } from "./rows.ts";

const durabilityOptions = z.strictObject({
  /**
   * The largest share of acknowledged writes that may be lost, from 0 (default) to less than 1: for designs that trade
   * some durability for something else, and say so. A count of this run, all of whose writes are known, and no estimate of
   * a rate: one more than allowed fails.
   */
  atMost: number({ atLeast: 0, below: 1, unit: ", as 0.01" }).optional(),
});

/** How much may be lost. */
export type DurabilityOptions = z.input<typeof durabilityOptions>;

/**
 * What was acknowledged is there in the end, and nothing is there that was never written. The final state R is read past
 * the proxies after everything was healed and had come to rest.
 *
 * - lost: an acknowledged `insert` that is not in R; an acknowledged `write` or `delete` of a key for which no order of
 *   its writes agrees with real time, with the versions that were told, and with R. So a key ends with the value of a
 *   write that had ended before an acknowledged one began, or with its initial value; or a later write was acknowledged
 *   with a version that is not above (the system had forgotten this one, whatever was written since)
 * - phantom: something in R that no operation of the run wrote
 * - resurrected: something in R whose write certainly was not executed, or that came back over a later acknowledged one
 *
 * Versions are compared where they were told; else values and time decide. An operation without a certain outcome may have
 * had its effect at any time after it began, or never, and so may one whose caller was turned away as it should be: `ok`,
 * but nothing was acknowledged. A write that was delivered again is there with a higher version than it was acknowledged
 * as: legal, unless another one came in between. Each keyspace is judged by itself. Items that are there more than once
 * are counted in `duplicated`, and are another check's law. Every phase counts: what was acknowledged in the warm-up must
 * stay too.
 *
 * `inconclusive` when nothing was acknowledged, where the final state leaves open what a key holds, and without a final state
 * that can be judged, unless the answers alone show that a write was forgotten.
 */
export function noLostWrites(given: DurabilityOptions = {}): Check {
  const options = optionsOf("noLostWrites", durabilityOptions, given);
  if (options instanceof Misstated) return options.check;
  const { atMost = 0 } = options;
  const but = atMost === 0 ? "" : `, all but ${statedPercent(atMost)} of them,`;
  const law =
    `Every acknowledged write${but} is there in the end or was overwritten by a newer one, and nothing is there that ` +
    "was never written or certainly failed.";
  const expected =
    atMost === 0 ? "nothing lost, phantom or resurrected" : `at most ${statedPercent(atMost)} lost, nothing else`;
  const title = atMost === 0 ? "no lost writes" : `at most ${statedPercent(atMost)} of the writes lost`;
  const parameters = atMost === 0 ? {} : { atMost };
  const said = {
    name: "noLostWrites",
    parameters,
    guards: "safety",
    title,
    law,
    ...needs("noLostWrites", anAudit, effectOf(["write", "delete", "insert"])),
  } as const;
  return checkOf(said, (evidence): Finding => {
    const state = soundState(evidence);
    const registers = registersOf(evidence, typeof state === "string" ? undefined : state);
    if (typeof state === "string") return withoutState(evidence, state, registers, { expected, atMost });
    const items = itemsOf(evidence, state);
    const acknowledged = registers.acknowledged + items.acknowledged;
    const anomalies = [...items.anomalies, ...registers.anomalies];
    const numbers = {
      acknowledged,
      ...Object.fromEntries(kinds.map((kind) => [kind, anomalies.filter((anomaly) => anomaly.kind === kind).length])),
      duplicated: state.items.filter(({ count }) => count > 1).length,
      recovered: recovered(evidence, state),
    };
    const isOnlyLost = anomalies.every(({ kind }) => kind === "lost");
    if (anomalies.length > 0 && !(isOnlyLost && anomalies.length <= atMost * acknowledged)) {
      return { expected, numbers, ...broken(evidence, anomalies, acknowledged) };
    }
    if (acknowledged === 0) return undecided(expected, "no write was acknowledged", numbers);
    const [unclear] = registers.unclear;
    if (unclear !== undefined) return undecided(expected, unclear, numbers);
    if (anomalies.length > 0) return { verdict: "pass", expected, actual: actualOf(anomalies, acknowledged), numbers };
    const actual = `${plural(acknowledged, "acknowledged write")}, all accounted for`;
    return { verdict: "pass", expected, actual, numbers };
  });
}

/** What the system had forgotten shows in its answers alone, also where the final state is not there or cannot be read. */
function withoutState(
  evidence: Evidence,
  why: string,
  { acknowledged, anomalies }: Seen,
  { expected, atMost }: { readonly expected: string; readonly atMost: number },
): Finding {
  const numbers = { acknowledged, lost: anomalies.length };
  if (anomalies.length <= atMost * acknowledged) return undecided(expected, why, numbers);
  return { expected, numbers, ...broken(evidence, anomalies, acknowledged) };
}

function broken(evidence: Evidence, anomalies: readonly Anomaly[], acknowledged: number) {
  const rows = anomalies.flatMap(({ row }) => (row === undefined ? [] : [row]));
  const witness = witnesses(evidence, anomalies.flatMap(storyOf));
  const actual = actualOf(anomalies, acknowledged);
  return { verdict: "fail", actual, ...commonPhase(evidence, rows), witness } as const;
}

const kinds = ["lost", "phantom", "resurrected"] as const;
const unknownCode = outcomeCode("unknown");

interface Seen {
  readonly acknowledged: number;
  readonly anomalies: readonly Anomaly[];
}

function itemsOf(evidence: Evidence, { items }: FinalState): Seen {
  const { history } = evidence;
  const inserts = flags(evidence, ({ effect }) => effect === "insert");
  const rowOf = rowsById(evidence);
  const there = new Set(items.filter(({ count }) => count > 0).map(({ id }) => id));
  const anomalies: Anomaly[] = [];
  let acknowledged = 0;
  for (const row of rowOf) {
    if (row < 0 || inserts[history.operation[row]!] !== 1 || !isAcknowledged(history, row)) continue;
    acknowledged += 1;
    if (there.has(history.id[row]!)) continue;
    anomalies.push({ kind: "lost", row, note: "was acknowledged; its item is not there in the end" });
  }
  for (const id of there) {
    const row = rowOf[id] ?? -1;
    if (row < 0 || inserts[history.operation[row]!] !== 1) {
      anomalies.push({ kind: "phantom", note: `item ${id} is there, but no operation inserted it` });
    } else if (isNeverExecuted(history, row)) {
      anomalies.push({ kind: "resurrected", row, note: "was never executed; its item is there in the end" });
    }
  }
  return { acknowledged, anomalies };
}

/** @param finalState without one, only what was forgotten in the past is looked for */
function registersOf(
  evidence: Evidence,
  finalState: FinalState | undefined,
): Seen & { readonly unclear: readonly string[] } {
  const writes = keyWritesOf(evidence);
  const finals = finalState === undefined ? undefined : finalsOf(evidence, writes.spots, finalState);
  const { acknowledged, mayBeDeleted } = writesBySpot(evidence, writes.spots);
  const unclear: string[] = [];
  const anomalies: Anomaly[] = (finals?.elsewhere ?? []).flatMap(({ key, value }) =>
    value === null ? [] : [phantom(key, value)],
  );
  for (const [spot, { key }] of writes.spots.keys.entries()) {
    const rows = acknowledged.order.subarray(acknowledged.starts[spot], acknowledged.starts[spot + 1]);
    const final = finals?.bySpot.get(spot) ?? { value: undefined, version: Number.NaN };
    const written: WrittenKey = { spot, key, rows, mayBeDeleted: mayBeDeleted[spot] === 1 };
    const fate: Fate = finals === undefined ? { anomalies: [] } : fateUnder(evidence, writes, written, final);
    if (fate.unclear !== undefined) unclear.push(fate.unclear);
    anomalies.push(...fate.anomalies);
    if (rows.length < 2) continue;
    const lost = new Set(fate.anomalies.flatMap(({ row }) => (row === undefined ? [] : [row])));
    anomalies.push(...forgotten(evidence, writes, written, { lost, holder: writes.rowOf[final.value ?? -1] ?? -1 }));
  }
  return { acknowledged: acknowledged.order.length, anomalies, unclear };
}

const phantom = (key: number, value: number): Anomaly => ({
  kind: "phantom",
  note: `key ${key} ends with the value ${value}, but no operation wrote it there`,
});

const storyOf = ({ row, note, because = [] }: Anomaly) =>
  row === undefined ? [] : [{ row, note, violates: true }, ...because];

/** How many operations without a certain outcome turned out to have happened. */
function recovered(evidence: Evidence, { items, registers }: FinalState): number {
  const { history } = evidence;
  const rowOf = rowsById(evidence);
  const written = flags(evidence, ({ effect }) => isWrite(effect) || effect === "insert");
  const there = new Set([
    ...items.map(({ id }) => id),
    ...registers.flatMap(({ value }) => (value === null ? [] : [value])),
  ]);
  return [...there].filter((id) => {
    const row = rowOf[id] ?? -1;
    return row >= 0 && written[history.operation[row]!] === 1 && history.outcome[row] === unknownCode;
  }).length;
}

function actualOf(anomalies: readonly Anomaly[], acknowledged: number): string {
  const parts = kinds.flatMap((kind) => {
    const howMany = anomalies.filter((anomaly) => anomaly.kind === kind).length;
    if (howMany === 0) return [];
    return [
      kind === "lost"
        ? `${count(howMany)} of ${plural(acknowledged, "acknowledged write")} lost`
        : `${count(howMany)} ${kind}`,
    ];
  });
  // A phantom has no operation that could be shown as a witness.
  const phantom = anomalies.find(({ kind }) => kind === "phantom");
  return phantom === undefined ? parts.join(", ") : `${parts.join(", ")}: ${phantom.note}`;
}
