import type { CacheEntry, Check, Evidence } from "../model/check.ts";
import { Misstated, type NoOptions, noOptions, optionsOf } from "../schema/options.ts";
import { checkOf, type Finding } from "./finding.ts";
import { missingState, type Noted, rowOfVersion, undecided, witnesses } from "./rows.ts";
import { counted, grouped } from "./words.ts";

/**
 * The cache agrees with the database: once everything has come to rest, every cached value is absent or carries the
 * version of its row. The database is the truth. The audit reads each row before and after the cached value, and again
 * when it moved; a key whose row would not hold still decides nothing.
 *
 * - stale: an older version than the row's; nothing will correct it before it expires
 * - ahead: a newer version than the row's: a change that was never committed, or was lost
 * - orphan: a cached value of a row that is not there
 */
export function cacheAgrees(given: NoOptions = {}): Check {
  const options = optionsOf("cacheAgrees", noOptions, given);
  if (options instanceof Misstated) return options.check;
  const law = "At rest, every cached value is absent or carries the version of its row in the database.";
  const expected = "every cached value is absent or as its row";
  const said = { name: "cacheAgrees", parameters: {}, guards: "safety", title: "the cache agrees", law } as const;
  return checkOf(said, (evidence): Finding => {
    const missing = missingState(evidence, "cache");
    if (missing !== undefined) return undecided(expected, missing);
    const entries = evidence.finalState?.cache ?? [];
    const still = entries.filter(({ isMoving }) => isMoving !== true);
    const cached = still.filter((entry) => entry.cached !== null);
    const wrong = cached.flatMap((entry) => {
      const kind = disagreement(entry);
      return kind === undefined ? [] : [{ entry, kind }];
    });
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
        actual: `${grouped(wrong.length)} of ${counted(cached.length, "cached value")} disagree: ${described(wrong[0]!)}`,
        phase: "audit",
        witness: witnesses(
          evidence,
          wrong.flatMap(({ entry }) => storyOf(evidence, entry)),
        ),
        numbers,
      };
    }
    if (still.length * 2 < entries.length) {
      return undecided(
        expected,
        `${entries.length - still.length} of ${entries.length} rows would not hold still`,
        numbers,
      );
    }
    if (cached.length === 0) return undecided(expected, "nothing was cached when the audit looked", numbers);
    return { verdict: "pass", expected, actual: `${counted(cached.length, "cached value")} as the database`, numbers };
  });
}

const kinds = ["stale", "ahead", "orphan"] as const;

function disagreement({ cached, row }: CacheEntry): (typeof kinds)[number] | undefined {
  if (cached === null || cached === row) return undefined;
  if (row === null) return "orphan";
  return cached < row ? "stale" : "ahead";
}

function described({ entry, kind }: { entry: CacheEntry; kind: (typeof kinds)[number] }): string {
  const { key, cached, row } = entry;
  return `key ${key} is ${kind}, version ${cached} cached ${row === null ? "without a row" : `over version ${row}`}`;
}

/** What put the old version there, and what should have replaced it, as far as the history knows. */
function storyOf(evidence: Evidence, { key, cached, row }: CacheEntry): readonly Noted[] {
  const note = (version: number | null, effect: "read" | "write", text: string, violates: boolean): Noted[] => {
    const found = version === null ? undefined : rowOfVersion(evidence, key, version, effect);
    return found === undefined ? [] : [{ row: found, note: `${text} version ${version} of key ${key}`, violates }];
  };
  return [
    ...note(row, "write", "was acknowledged as", false),
    ...note(cached, "read", "was the last to see the cached", true),
    ...note(cached, "write", "wrote the cached", false),
  ];
}
