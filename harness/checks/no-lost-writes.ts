import { z } from "zod";
import type { Check, Evidence, FinalState, Register } from "../model/check.ts";
import { grantCode, type Outcome, outcomes } from "../model/history.ts";
import { witnessLimit } from "../model/verdict.ts";
import type { Effect } from "../model/workload.ts";
import { number } from "../schema/fields.ts";
import { Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, commonPhase, type Finding, witnessOf } from "./finding.ts";
import { counted, grouped, spokenShare } from "./words.ts";

/** Outcomes of operations that certainly were not executed. A refusal is not one: what it refused to wait for may have happened. */
const neverExecuted: readonly Outcome[] = ["failed", "overflow"];
const denied = grantCode(false);

const durabilityOptions = z.strictObject({
  /**
   * The largest share of acknowledged writes that may be lost, from 0 (default) to less than 1: for designs that trade
   * some durability for something else, and say so.
   */
  atMost: number({ atLeast: 0, below: 1, unit: ", as 0.01" }).optional(),
});

/** How much may be lost. */
export type DurabilityOptions = z.input<typeof durabilityOptions>;

/**
 * What was acknowledged is there in the end, and nothing is there that nobody asked for. The final state R is read past
 * the proxies after everything was healed and had come to rest.
 *
 * - lost: an acknowledged `insert` that is not in R; an acknowledged `write` whose version is above that of its key in
 *   R, or the highest of its key while R has another value at that version, or overwritten by nothing newer
 * - phantom: something in R that no operation of the run wrote
 * - resurrected: something in R whose write certainly was not executed, or was acknowledged as an older version
 *
 * An operation without a certain outcome may be there or not, and so may one whose caller was turned away as it should
 * be: `ok`, but nothing was acknowledged. Items that are there more than once are counted in
 * `duplicated`, and are another check's law. Every phase counts: what was acknowledged in the warm-up must stay too.
 * `inconclusive` without a final state, and when nothing was acknowledged.
 */
export function noLostWrites(given: DurabilityOptions = {}): Check {
  const options = optionsOf("noLostWrites", durabilityOptions, given);
  if (options instanceof Misstated) return options.check;
  const { atMost = 0 } = options;
  const but = atMost === 0 ? "" : `, all but ${spokenShare(atMost)} of them,`;
  const law =
    `Every acknowledged write${but} is there in the end or was overwritten by a newer one, and nothing is there that ` +
    "was never written or certainly failed.";
  const expected =
    atMost === 0 ? "nothing lost, phantom or resurrected" : `at most ${spokenShare(atMost)} lost, nothing else`;
  const title = atMost === 0 ? "no lost writes" : `at most ${spokenShare(atMost)} of the writes lost`;
  const parameters = atMost === 0 ? {} : { atMost };
  return checkOf({ name: "noLostWrites", parameters, guards: "safety", title, law }, (evidence): Finding => {
    const { finalState } = evidence;
    if (finalState === undefined) {
      return { verdict: "inconclusive", expected, actual: "the final state was not read" };
    }
    const writes = writesOf(evidence);
    const acknowledged = [...writes.values()].filter(({ outcome }) => outcome === "ok").length;
    const anomalies = [...itemAnomalies(writes, finalState), ...registerAnomalies(writes, finalState)];
    const numbers = {
      acknowledged,
      ...Object.fromEntries(kinds.map((kind) => [kind, anomalies.filter((anomaly) => anomaly.kind === kind).length])),
      duplicated: finalState.items.filter(({ count }) => count > 1).length,
      recovered: recovered(writes, finalState),
    };
    if (anomalies.length === 0) {
      if (acknowledged === 0)
        return { verdict: "inconclusive", expected, actual: "no write was acknowledged", numbers };
      return {
        verdict: "pass",
        expected,
        actual: `${counted(acknowledged, "acknowledged write")}, all accounted for`,
        numbers,
      };
    }
    const isOnlyLost = anomalies.every(({ kind }) => kind === "lost");
    if (isOnlyLost && anomalies.length <= atMost * acknowledged) {
      return { verdict: "pass", expected, actual: actualOf(anomalies, acknowledged), numbers };
    }
    const witnessed = anomalies.filter(({ row }) => row !== undefined).slice(0, witnessLimit);
    const rows = anomalies.flatMap(({ row }) => (row === undefined ? [] : [row]));
    return {
      verdict: "fail",
      expected,
      actual: actualOf(anomalies, acknowledged),
      ...commonPhase(evidence, rows),
      witness: witnessed.map(({ row, note }) => witnessOf(evidence, row!, note)),
      numbers,
    };
  });
}

const kinds = ["lost", "phantom", "resurrected"] as const;

/** One thing in the final state, or missing from it, that breaks the law. */
interface Anomaly {
  readonly kind: (typeof kinds)[number];
  /** Of the operation that it is about; absent when there was none. */
  readonly row?: number;
  readonly note: string;
}

/** An operation that wrote, or tried to. */
interface Write {
  readonly id: number;
  readonly row: number;
  readonly effect: Effect;
  readonly key: number;
  readonly outcome: Outcome;
  /** `NaN` when the system did not tell it. */
  readonly version: number;
}

/** By id, in the order in which they were due. */
function writesOf({ history, operations }: Evidence): ReadonlyMap<number, Write> {
  const writes: Write[] = [];
  for (let row = 0; row < history.count; row += 1) {
    const effect = operations[history.operation[row]!]?.effect ?? "none";
    if (effect !== "write" && effect !== "insert") continue;
    const isDenied = history.granted[row] === denied;
    const outcome = isDenied ? "rejected" : outcomes[history.outcome[row]!]!;
    const [id, key, version] = [history.id[row]!, history.key[row]!, history.version[row]!];
    writes.push({ id, row, effect, key, version, outcome });
  }
  return new Map(writes.sort((left, right) => left.id - right.id).map((write) => [write.id, write]));
}

function itemAnomalies(writes: ReadonlyMap<number, Write>, { items }: FinalState): Anomaly[] {
  const there = new Set(items.filter(({ count }) => count > 0).map(({ id }) => id));
  const anomalies: Anomaly[] = [];
  for (const { id, row, effect, outcome } of writes.values()) {
    if (effect !== "insert" || outcome !== "ok" || there.has(id)) continue;
    anomalies.push({ kind: "lost", row, note: "was acknowledged; its item is not there in the end" });
  }
  for (const id of there) {
    const write = writes.get(id);
    if (write?.effect !== "insert") {
      anomalies.push({ kind: "phantom", note: `item ${id} is there, but no operation inserted it` });
    } else if (neverExecuted.includes(write.outcome)) {
      anomalies.push({ kind: "resurrected", row: write.row, note: "was never executed; its item is there in the end" });
    }
  }
  return anomalies;
}

function registerAnomalies(writes: ReadonlyMap<number, Write>, { registers }: FinalState): Anomaly[] {
  const finals = new Map(registers.map((register) => [register.key, { version: Number.NaN, ...register }]));
  const highest = highestAcknowledged(writes);
  const anomalies: Anomaly[] = [];
  for (const { row, effect, key, outcome, version } of writes.values()) {
    if (effect !== "write" || outcome !== "ok" || finals.has(key)) continue;
    anomalies.push({
      kind: "lost",
      row,
      note: `was acknowledged${asVersion(version)}; key ${key} is not there in the end`,
    });
  }
  for (const final of finals.values()) {
    const holder = final.value === null ? undefined : writes.get(final.value);
    anomalies.push(...holderAnomalies(final, holder));
    for (const write of highest.get(final.key) ?? []) {
      const isOverwritten = final.version > write.version && final.value !== null;
      if (isOverwritten || (final.version === write.version && final.value === write.id)) continue;
      const held = final.value === null ? "its initial value" : `the value of operation ${final.value}`;
      const note = `was acknowledged${asVersion(write.version)}; key ${final.key} ends with version ${final.version}, ${held}`;
      anomalies.push({ kind: "lost", row: write.row, note });
    }
  }
  return anomalies;
}

/** What is wrong with the write whose value a key finally holds. */
function holderAnomalies(final: Required<Omit<Register, "keyspace">>, holder: Write | undefined): Anomaly[] {
  if (final.value === null) return [];
  if (holder?.effect !== "write" || holder.key !== final.key) {
    return [
      { kind: "phantom", note: `key ${final.key} ends with the value ${final.value}, but no operation wrote it there` },
    ];
  }
  const { row, version } = holder;
  if (neverExecuted.includes(holder.outcome)) {
    return [{ kind: "resurrected", row, note: `was never executed; key ${final.key} ends with its value` }];
  }
  if (holder.outcome !== "ok" || !(version < final.version)) return [];
  const note = `was acknowledged${asVersion(version)}; key ${final.key} ends with its value again, as version ${final.version}`;
  return [{ kind: "resurrected", row, note }];
}

/** Key → its acknowledged writes with the highest version: one, unless the system gave a version twice. */
function highestAcknowledged(writes: ReadonlyMap<number, Write>): ReadonlyMap<number, readonly Write[]> {
  const highest = new Map<number, Write[]>();
  for (const write of writes.values()) {
    if (write.effect !== "write" || write.outcome !== "ok" || Number.isNaN(write.version)) continue;
    const best = highest.get(write.key);
    if (best === undefined || best[0]!.version < write.version) highest.set(write.key, [write]);
    else if (best[0]!.version === write.version) best.push(write);
  }
  return highest;
}

/** How many operations without a certain outcome turned out to have happened. */
function recovered(writes: ReadonlyMap<number, Write>, { items, registers }: FinalState): number {
  const there = [...items.map(({ id }) => id), ...registers.flatMap(({ value }) => (value === null ? [] : [value]))];
  return there.filter((id) => writes.get(id)?.outcome === "unknown").length;
}

function actualOf(anomalies: readonly Anomaly[], acknowledged: number): string {
  const parts = kinds.flatMap((kind) => {
    const count = anomalies.filter((anomaly) => anomaly.kind === kind).length;
    if (count === 0) return [];
    return [
      kind === "lost"
        ? `${grouped(count)} of ${counted(acknowledged, "acknowledged write")} lost`
        : `${grouped(count)} ${kind}`,
    ];
  });
  // A phantom has no operation that could be shown as a witness.
  const phantom = anomalies.find(({ kind }) => kind === "phantom");
  return phantom === undefined ? parts.join(", ") : `${parts.join(", ")}: ${phantom.note}`;
}

const asVersion = (version: number): string => (Number.isNaN(version) ? "" : ` as version ${version}`);
