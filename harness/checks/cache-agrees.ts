import type { CacheEntry, Check, Evidence, FinalState } from "../model/check.ts";
import { count, plural } from "../model/quantities.ts";
import { commonKeyspace } from "../model/workload.ts";
import { Misstated, type NoOptions, noOptions, optionsOf } from "../schema/options.ts";
import { soundState } from "./final-state.ts";
import { checkOf, type Finding } from "./finding.ts";
import { anAudit, needs } from "./plan-problems.ts";
import { keyName, type Noted, rowOfVersion, undecided, witnesses } from "./rows.ts";

/**
 * The cache agrees with the database: once everything has come to rest, every cached value is absent or carries the
 * version of its row. The database is the truth. The audit reads each row before and after the cached value, and again
 * when it moved; a key whose row would not hold still decides nothing.
 *
 * - stale: an older version than the row's; nothing will correct it before it expires
 * - ahead: a newer version than the row's: a change that was never committed, or was lost
 * - orphan: a cached value of a row that is not there
 *
 * A cached value that agrees with the row that was read beside it, and not with the one among the registers, decides
 * nothing: the audit has read two databases, or was too early.
 */
export function cacheAgrees(given: NoOptions = {}): Check {
  const options = optionsOf("cacheAgrees", noOptions, given);
  if (options instanceof Misstated) return options.check;
  const law = "At rest, every cached value is absent or carries the version of its row in the database.";
  const expected = "every cached value is absent or as its row";
  const said = { name: "cacheAgrees", parameters: {}, guards: "safety", title: "the cache agrees", law } as const;
  return checkOf({ ...said, ...needs("cacheAgrees", anAudit) }, (evidence): Finding => {
    const state = soundState(evidence, "cache");
    if (typeof state === "string") return undecided(expected, state);
    const entries = state.cache ?? [];
    const still = entries.filter(({ isMoving }) => isMoving !== true);
    const cached = still.filter((entry) => entry.cached !== null);
    const registerOf = rowsAmongRegisters(state);
    const judged = cached.map((entry) => ({ entry, ...disagreement(entry, registerOf(entry)) }));
    const wrong = judged.flatMap(({ entry, kind }) => (kind === undefined ? [] : [{ entry, kind }]));
    const contradictions = judged.flatMap(({ contradiction }) => contradiction ?? []);
    const numbers = {
      keys: entries.length,
      cached: cached.length,
      moving: entries.length - still.length,
      ...Object.fromEntries(kinds.map((kind) => [kind, wrong.filter((one) => one.kind === kind).length])),
    };
    if (wrong.length > 0) {
      return {
        verdict: "fail",
        expected,
        actual: `${count(wrong.length)} of ${plural(cached.length, "cached value")} disagree: ${described(wrong[0]!)}`,
        phase: "audit",
        witness: witnesses(
          evidence,
          wrong.flatMap(({ entry }) => storyOf(evidence, entry)),
        ),
        numbers,
      };
    }
    if (contradictions.length > 0) return undecided(expected, contradictions[0]!, numbers);
    if (still.length * 2 < entries.length) {
      return undecided(
        expected,
        `${entries.length - still.length} of ${entries.length} rows would not hold still`,
        numbers,
      );
    }
    if (cached.length === 0) return undecided(expected, "nothing was cached when the audit looked", numbers);
    return { verdict: "pass", expected, actual: `${plural(cached.length, "cached value")} as the database`, numbers };
  });
}

const kinds = ["stale", "ahead", "orphan"] as const;

type Kind = (typeof kinds)[number];

/** The version of a row among the registers; undefined where that is unknown. */
function rowsAmongRegisters({ registers }: FinalState): (entry: CacheEntry) => number | null | undefined {
  const name = ({ keyspace = commonKeyspace, key }: Pick<CacheEntry, "keyspace" | "key">) => `${key} ${keyspace}`;
  const versions = new Map(registers.map((register) => [name(register), register.version]));
  const read = new Set(registers.map(({ keyspace = commonKeyspace }) => keyspace));
  return (entry) => {
    // Where no register of the keyspace was read, that one is not listed says nothing.
    if (!read.has(entry.keyspace ?? commonKeyspace)) return undefined;
    return versions.has(name(entry)) ? versions.get(name(entry)) : null;
  };
}

/** @param register the row among the registers, which should be the one that was read beside the cache */
function disagreement(
  entry: CacheEntry,
  register: number | null | undefined,
): { readonly kind?: Kind; readonly contradiction?: string } {
  const { cached, row } = entry;
  const kind = difference(cached, row);
  if (kind !== undefined) return { kind };
  if (register === undefined || register === row) return {};
  const [beside, among] = [row, register].map((version) => (version === null ? "no row" : `version ${version}`));
  return {
    contradiction: `the audit read ${beside} of ${keyName(entry)} beside the cache, and ${among} among the registers`,
  };
}

function difference(cached: number | null, row: number | null): Kind | undefined {
  if (cached === null || cached === row) return undefined;
  if (row === null) return "orphan";
  return cached < row ? "stale" : "ahead";
}

function described({ entry, kind }: { entry: CacheEntry; kind: Kind }): string {
  const { cached, row } = entry;
  return `${keyName(entry)} is ${kind}, version ${cached} cached ${row === null ? "without a row" : `over version ${row}`}`;
}

/** What put the old version there, and what should have replaced it, as far as the history knows. */
function storyOf(evidence: Evidence, entry: CacheEntry): readonly Noted[] {
  const { cached, row } = entry;
  const note = (version: number | null, effect: "read" | "write", text: string, violates: boolean): Noted[] => {
    const found = version === null ? undefined : rowOfVersion(evidence, entry, version, effect);
    return found === undefined
      ? []
      : [{ row: found, note: `${text} version ${version} of ${keyName(entry)}`, violates }];
  };
  return [
    ...note(row, "write", "was acknowledged as", false),
    ...note(cached, "read", "was the last to see the cached", true),
    ...note(cached, "write", "wrote the cached", false),
  ];
}
