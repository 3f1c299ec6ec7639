import type { Check, Evidence } from "../model/check.ts";
import { plural } from "../model/quantities.ts";
import { Misstated, type NoOptions, noOptions, optionsOf } from "../schema/options.ts";
import { searchDeleted } from "./deleted-keys.ts";
import { checkOf, commonPhase, type Finding } from "./finding.ts";
import { effectOf, needs } from "./plan-problems.ts";
import { type Conflict, conflictsOf, type ToldBy, valueTellers, type Zones, zonesOf } from "./register-zones.ts";
import { flags, isAbsent, type Noted, undecided, witnesses } from "./rows.ts";

/** How many conflicts are told in full. */
const told = 3;

/**
 * Every key behaves as a single register: there is an order of all operations that agrees with real time, in which each
 * read returns the value of the last write before it (Herlihy & Wing 1990). Exact, in O(n log n), since every write has
 * a value of its own: a history is linearizable exactly when no read returns a value that was not written, certainly
 * failed, or was written only after the read had ended, and the zones of the writes with their reads do not conflict
 * (Gibbons & Korach, "Testing shared memories", 1997). Linearizability is local: each key is judged for itself.
 *
 * An operation takes place between its first byte on the wire and its end. A write without a certain outcome may take
 * effect at any later time, or never. Reads must tell whose value they saw (`value`); one without it saw the initial
 * value, unless it found nothing (`absent`), or no read of its operation ever returned a value: then what would be broken by it
 * alone is `inconclusive`. Deletes leave no value of their own: keys on which reads found nothing, and
 * that may have been deleted, are decided by a search for an order, and `inconclusive` where it takes too long. A cache does not promise this law: `noStaleReads` and `versionsNeverGoBack` are for what caches promise.
 */
export function linearizable(given: NoOptions = {}): Check {
  const options = optionsOf("linearizable", noOptions, given);
  if (options instanceof Misstated) return options.check;
  const law = "Every key behaves as a single register: each read returns what the last write before it wrote.";
  const expected = "an order of all operations that agrees with real time";
  const said = {
    name: "linearizable",
    parameters: {},
    guards: "safety",
    title: "linearizable",
    law,
    ...needs("linearizable", effectOf(["read"]), effectOf(["write", "delete"])),
  } as const;
  return checkOf(said, (evidence): Finding => {
    const found = foundIn(evidence, "run");
    if (found.zones.reads === 0) return undecided(expected, "no read was answered");
    const silent = isBroken(found) ? silentReads(evidence) : [];
    // Only what also is broken without the reads that say nothing is broken for certain.
    const sure = silent.length === 0 ? found : foundIn(evidence, "operation");
    const { zones, conflicts, undecidedKeys } = sure;
    const numbers = {
      keys: zones.keys,
      writes: zones.writes,
      reads: zones.reads,
      illegalReads: zones.illegal.length,
      conflicts: conflicts.length,
    };
    if (zones.illegal.length + conflicts.length > 0) {
      const noted = [
        ...zones.illegal.slice(0, told).flatMap((one) => illegalStory(one)),
        ...conflicts.slice(0, told).flatMap((one) => conflictStory(evidence, zones, one)),
      ];
      const rows = noted.filter(({ violates }) => violates).map(({ row }) => row);
      const actual = actualOf(zones, conflicts);
      return {
        verdict: "fail",
        expected,
        actual,
        ...commonPhase(evidence, rows),
        witness: witnesses(evidence, noted),
        numbers,
      };
    }
    if (isBroken(found)) {
      const names = silent.map((name) => `"${name}"`).join(", ");
      return undecided(
        expected,
        `no read of ${names} returned a value, so what it saw is unknown: let \`judge\` return the \`value\``,
        numbers,
      );
    }
    if (zones.valuedReads === 0 && zones.writes > 0) {
      return undecided(expected, "no read tells whose value it saw: `judge` must return the `value`", numbers);
    }
    if (undecidedKeys > 0) {
      const keys = plural(undecidedKeys, "key");
      return undecided(
        expected,
        `${keys} with deletes had too much at once to search all orders: use more keys`,
        numbers,
      );
    }
    if (zones.writes === 0) return undecided(expected, "no write was acknowledged or seen", numbers);
    const seen = `${plural(zones.reads, "read")} and ${plural(zones.writes, "write")} of ${plural(zones.keys, "key")}`;
    return { verdict: "pass", expected, actual: `${seen} have such an order`, numbers };
  });
}

/** What has no order. */
interface Found {
  readonly zones: Zones;
  readonly conflicts: readonly Conflict[];
  readonly undecidedKeys: number;
}

function foundIn(evidence: Evidence, toldBy: ToldBy): Found {
  const zones = zonesOf(evidence, toldBy);
  const conflicts = conflictsOf(zones);
  const searched = searchDeleted(evidence, zones, conflicts);
  const illegal = [...zones.illegal, ...searched.illegal];
  return { zones: { ...zones, illegal }, conflicts, undecidedKeys: searched.undecided };
}

const isBroken = ({ zones, conflicts }: Found): boolean => zones.illegal.length + conflicts.length > 0;

/** Names of reads of which none returned a value, beside others that did: they may have seen the initial one, or say nothing. */
function silentReads(evidence: Evidence): readonly string[] {
  const isRead = flags(evidence, ({ effect }) => effect === "read");
  const tells = valueTellers(evidence, isRead);
  if (!tells.includes(1)) return [];
  return evidence.operations.flatMap(({ name }, index) => (isRead[index] === 1 && tells[index] !== 1 ? [name] : []));
}

function actualOf({ illegal }: Zones, conflicts: readonly Conflict[]): string {
  const parts = [
    ...(illegal.length === 0
      ? []
      : [`${plural(illegal.length, "read")} of a value that was not there: ${illegal[0]!.why}`]),
    ...(conflicts.length === 0
      ? []
      : [`${plural(conflicts.length, "conflict")} between writes and what was read of them`]),
  ];
  return parts.join("; ");
}

function illegalStory({ row, writeRow, why }: Zones["illegal"][number]): readonly Noted[] {
  const read: Noted = { row, note: why, violates: true };
  return writeRow < 0 ? [read] : [{ row: writeRow, note: "wrote that value", violates: false }, read];
}

/** Of both writes what shows that one must come before and after the other. */
function conflictStory(evidence: Evidence, zones: Zones, { first, second, key }: Conflict): readonly Noted[] {
  return [first, second].flatMap((cluster) => {
    const name = cluster === initial ? "the initial value" : `the value of operation ${cluster}`;
    return zones
      .ends(evidence, cluster, key)
      .map(({ row, isFirst }) => ({ row, note: noteOf(evidence, row, name, isFirst, key.key), violates: !isFirst }));
  });
}

/** The number of the cluster of the initial value. */
const initial = -1;

function noteOf({ history }: Evidence, row: number, name: string, isFirst: boolean, key: number): string {
  const isRead = history.value[row] !== history.id[row];
  if (isRead && isAbsent(history, row)) return `found nothing of key ${key} yet`;
  const what = isRead ? `read ${name} of key ${key}` : `wrote ${name} of key ${key}`;
  return isFirst ? `${what}: it was there when this had ended` : `${what}: it was there still when this began`;
}
