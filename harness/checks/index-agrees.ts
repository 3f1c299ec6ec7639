import { z } from "zod";
import type { Check, Evidence, FinalState } from "../model/check.ts";
import { outcomeCode, phaseCode } from "../model/history.ts";
import { duration, operationNames } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, type Finding } from "./finding.ts";
import { flags, missingState, type Noted, rowOfVersion, undecided, unknownNames, witnesses } from "./rows.ts";
import { VersionClock } from "./version-clock.ts";
import { counted, spokenMs } from "./words.ts";

const indexOptions = z
  .strictObject({
    /** The longest that a search may miss an acknowledged change; not judged when absent. */
    lagWithin: duration({ atLeast: 0 }).optional(),
    /** Names of the `read` operations that ask the index; needed for `lagWithin`. */
    operations: operationNames().optional(),
  })
  .refine(({ lagWithin, operations }) => lagWithin === undefined || operations !== undefined, {
    path: ["operations"],
    params: {
      message: "is missing: `lagWithin` needs to know which operations ask the index",
      remedy: 'Name the operations that ask the index, as operations: ["search"].',
    },
  });

/** How late the index may be, and which operations ask it. */
export type IndexOptions = z.input<typeof indexOptions>;

const okCode = outcomeCode("ok");
const warmUp = phaseCode("warmUp");

/**
 * The index agrees with the database at rest, and is never later than allowed while it follows. The database is the
 * truth (`registers` of the final state, by key and version).
 *
 * - missing: a key that the index lacks; orphan: one that only the index has
 * - stale: an older (or newer) version than the database's; duplicate: a key that the index has more than once
 * - late: a search that was invoked more than `lagWithin` after a change was acknowledged, and did not see it
 */
export function indexAgrees(given: IndexOptions = {}): Check {
  const options = optionsOf("indexAgrees", indexOptions, given);
  if (options instanceof Misstated) return options.check;
  const { lagWithin, operations } = options;
  const lag =
    lagWithin === undefined ? "" : `, and no search misses what was acknowledged ${spokenMs(lagWithin)} before`;
  const law = `At rest, the index has every row of the database once, with its version${lag}.`;
  const expected = `the index as the database${lagWithin === undefined ? "" : `, at most ${spokenMs(lagWithin)} behind`}`;
  const title = `the index agrees${lagWithin === undefined ? "" : ` within ${spokenMs(lagWithin)}`}`;
  const said = { name: "indexAgrees", parameters: jsonOf(options), guards: "safety", title, law } as const;
  return checkOf(said, (evidence): Finding => {
    const missing = missingState(evidence, "index") ?? unknownNames(evidence, operations);
    if (missing !== undefined) return undecided(expected, missing);
    const differences = diff(evidence.finalState!);
    const lateness = lagWithin === undefined ? noLateness : latenessOf(evidence, operations ?? [], lagWithin);
    const numbers = {
      rows: evidence.finalState?.registers.length ?? 0,
      documents: evidence.finalState?.index?.length ?? 0,
      ...Object.fromEntries(kinds.map((kind) => [kind, differences.filter((one) => one.kind === kind).length])),
      searches: lateness.exposed,
      late: lateness.late.length,
      latestMs: lateness.latestMs,
    };
    if (differences.length + lateness.late.length > 0) {
      const parts = [
        ...(differences.length === 0 ? [] : [`${counted(differences.length, "difference")}: ${differences[0]!.note}`]),
        ...(lateness.late.length === 0
          ? []
          : [
              `${counted(lateness.late.length, "late search", "late searches")}, by up to ${spokenMs(lateness.latestMs)}`,
            ]),
      ];
      const noted = [...lateness.late, ...differences.flatMap((one) => storyOf(evidence, one))];
      return { verdict: "fail", expected, actual: parts.join("; "), witness: witnesses(evidence, noted), numbers };
    }
    if (numbers.rows + numbers.documents === 0) return undecided(expected, "there is no row and no document", numbers);
    if (lagWithin !== undefined && lateness.exposed === 0) {
      return undecided(expected, "no search came after an acknowledged change of its key", numbers);
    }
    const followed = lagWithin === undefined ? "" : `, at most ${spokenMs(lateness.latestMs)} behind`;
    return {
      verdict: "pass",
      expected,
      actual: `${counted(numbers.documents, "document")} as the database${followed}`,
      numbers,
    };
  });
}

const kinds = ["missing", "orphan", "stale", "duplicate"] as const;

interface Difference {
  readonly kind: (typeof kinds)[number];
  readonly key: number;
  readonly version: number;
  readonly note: string;
}

function diff({ registers, index = [] }: FinalState): readonly Difference[] {
  const rows = new Map(registers.map(({ key, version = Number.NaN }) => [key, version]));
  const seen = new Map<number, number>();
  const differences: Difference[] = [];
  const tell = (kind: Difference["kind"], key: number, version: number, what: string): void => {
    differences.push({ kind, key, version, note: `key ${key} is ${kind}, ${what}` });
  };
  for (const { key, version } of index) {
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    const row = rows.get(key);
    if (times === 2) tell("duplicate", key, version, "more than once in the index");
    else if (times > 2) continue;
    else if (row === undefined) tell("orphan", key, version, `version ${version} without a row`);
    else if (row !== version) tell("stale", key, row, `version ${version} in the index, ${row} in the database`);
  }
  for (const [key, version] of rows)
    if (!seen.has(key)) tell("missing", key, version, `version ${version} only in the database`);
  return differences;
}

function storyOf(evidence: Evidence, { key, version, note }: Difference): readonly Noted[] {
  const row = rowOfVersion(evidence, key, version, "write");
  return row === undefined ? [] : [{ row, note: `wrote version ${version}: ${note}`, violates: true }];
}

const noLateness = { late: [] as readonly Noted[], exposed: 0, latestMs: 0 };

/** How late searches were, by the first proof of anything newer than what they returned. */
function latenessOf(evidence: Evidence, names: readonly string[], lagWithin: number): typeof noLateness {
  const { history } = evidence;
  const asks = flags(evidence, ({ name }) => names.includes(name));
  const clock = new VersionClock(evidence, new Uint8Array(evidence.operations.length));
  const late: (Noted & { readonly lateMs: number })[] = [];
  let [exposed, latestMs] = [0, 0];
  for (let row = 0; row < history.count; row += 1) {
    if (asks[history.operation[row]!] !== 1 || history.outcome[row] !== okCode || history.phase[row] === warmUp)
      continue;
    const version = history.version[row]!;
    if (Number.isNaN(version)) continue;
    const invokedMs = history.wireMs[row]!;
    // Anything that was acknowledged before it counts: its key was changed at least once.
    const known = clock.firstNewer(row, Number.NEGATIVE_INFINITY);
    if (known >= 0 && history.endMs[known]! < invokedMs) exposed += 1;
    const proof = clock.firstNewer(row, version);
    const lateMs = proof < 0 ? 0 : invokedMs - history.endMs[proof]!;
    latestMs = Math.max(latestMs, lateMs);
    if (!(lateMs > lagWithin)) continue;
    const note = `found version ${version} of key ${history.key[row]!}, ${spokenMs(lateMs)} after ${history.version[proof]!} was acknowledged`;
    late.push({ row, note, violates: true, lateMs });
  }
  late.sort((one, other) => other.lateMs - one.lateMs);
  return { late, exposed, latestMs };
}
