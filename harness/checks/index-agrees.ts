import { z } from "zod";
import type { Check, Document, Evidence, FinalState, Register } from "../model/check.ts";
import { type History, phaseCode } from "../model/history.ts";
import { duration, durationBeside, plural, statedDuration } from "../model/quantities.ts";
import { commonKeyspace } from "../model/workload.ts";
import { differentNames, duration as durationField, operationNames } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { soundState } from "./final-state.ts";
import { checkOf, type Finding } from "./finding.ts";
import { KeyStates } from "./key-states.ts";
import { anAudit, keyspacesNamed, needs, operationsNamed, readsOfWrites, someLoadAfter } from "./plan-problems.ts";
import { ReadAge } from "./read-age.ts";
import {
  flags,
  isAbsent,
  isAcknowledged,
  keyName,
  type Noted,
  rowOfVersion,
  undecided,
  unknownNames,
  witnesses,
} from "./rows.ts";

const indexOptions = z
  .strictObject({
    /** The longest that a search may miss an acknowledged change; not judged when absent. */
    lagWithin: durationField({ atLeast: 0 }).optional(),
    /** Names of the `read` operations that ask the index; needed for `lagWithin`. */
    operations: operationNames().optional(),
    /** The keyspaces that the index holds. Default: all that have a register or a document. */
    keyspaces: differentNames('Give a list of keyspaces, each once, as keyspaces: ["products"].').optional(),
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

const warmUp = phaseCode("warmUp");

/**
 * The index agrees with the database at rest, and is never later than allowed while it follows. The database is the
 * truth (`registers` of the final state, by key and version).
 *
 * - missing: a key that the index lacks; orphan: one that only the index has
 * - stale: an older (or newer) version than the database's; duplicate: a key that the index has more than once
 * - late: a search that was invoked more than `lagWithin` after a change was acknowledged, and did not see it. One that found
 *   nothing is late after any change, unless a delete explains it
 */
export function indexAgrees(given: IndexOptions = {}): Check {
  const options = optionsOf("indexAgrees", indexOptions, given);
  if (options instanceof Misstated) return options.check;
  const { lagWithin, operations, keyspaces } = options;
  const lag =
    lagWithin === undefined ? "" : `, and no search misses what was acknowledged ${statedDuration(lagWithin)} before`;
  const law = `At rest, the index has every row of the database once, with its version${lag}.`;
  const expected = `the index as the database${lagWithin === undefined ? "" : `, at most ${statedDuration(lagWithin)} behind`}`;
  const title = `the index agrees${lagWithin === undefined ? "" : ` within ${statedDuration(lagWithin)}`}`;
  const said = { name: "indexAgrees", parameters: jsonOf(options), guards: "safety", title, law } as const;
  const ofLag = lagWithin === undefined ? [] : [readsOfWrites(operations), someLoadAfter(lagWithin, "lagWithin")];
  return checkOf(
    {
      ...said,
      ...needs("indexAgrees", anAudit, operationsNamed(operations), keyspacesNamed(keyspaces), ...ofLag),
    },
    (evidence): Finding => {
      const missing = unknownNames(evidence, operations) ?? unknownKeyspace(evidence, keyspaces);
      if (missing !== undefined) return undecided(expected, missing);
      const lateness = lagWithin === undefined ? noLateness : latenessOf(evidence, operations ?? [], lagWithin);
      const state = soundState(evidence, "index");
      // A late search is late, whatever the index holds in the end.
      if (typeof state === "string" && lateness.late.length === 0) return undecided(expected, state);
      const { registers, index } = typeof state === "string" ? nothingRead : indexedOf(state, keyspaces);
      const differences = diff(registers, index);
      const numbers = {
        rows: registers.length,
        documents: index.length,
        ...Object.fromEntries(kinds.map((kind) => [kind, differences.filter((one) => one.kind === kind).length])),
        searches: lateness.exposed,
        late: lateness.late.length,
        latestMs: lateness.latestMs,
      };
      if (differences.length + lateness.late.length > 0) {
        const parts = [
          ...(differences.length === 0 ? [] : [`${plural(differences.length, "difference")}: ${differences[0]!.note}`]),
          ...(lateness.late.length === 0
            ? []
            : [
                `${plural(lateness.late.length, "late search", "late searches")}, by up to ${durationBeside(lateness.latestMs, lagWithin)}`,
              ]),
        ];
        const noted = [...lateness.late, ...differences.flatMap((one) => storyOf(evidence, one))];
        return { verdict: "fail", expected, actual: parts.join("; "), witness: witnesses(evidence, noted), numbers };
      }
      if (numbers.rows + numbers.documents === 0)
        return undecided(expected, "there is no row and no document", numbers);
      const unversioned = registers.filter(({ version }) => version === undefined).length;
      if (unversioned > 0) {
        const which = plural(unversioned, "register");
        return undecided(
          expected,
          `the audit did not read the \`version\` of ${which}, so stale documents go unseen`,
          numbers,
        );
      }
      if (lagWithin !== undefined && lateness.exposed === 0) {
        const longer = `more than ${statedDuration(lagWithin)} after an acknowledged change of its key`;
        return undecided(expected, `no search that says what it saw came ${longer}`, numbers);
      }
      const followed =
        lagWithin === undefined ? "" : `, at most ${durationBeside(lateness.latestMs, lagWithin)} behind`;
      return {
        verdict: "pass",
        expected,
        actual: `${plural(numbers.documents, "document")} as the database${followed}`,
        numbers,
      };
    },
  );
}

const nothingRead: Required<Pick<FinalState, "registers" | "index">> = { registers: [], index: [] };
const kinds = ["missing", "orphan", "stale", "duplicate"] as const;

interface Difference {
  readonly kind: (typeof kinds)[number];
  readonly at: Pick<Document, "keyspace" | "key">;
  /** What should be in the index, or should not; absent where the database has no version of it. */
  readonly version: number | undefined;
  readonly note: string;
}

function unknownKeyspace({ operations }: Evidence, names: readonly string[] = []): string | undefined {
  const known = [...new Set(operations.map(({ keyspace }) => keyspace))];
  const unknown = names.find((name) => !known.includes(name));
  return unknown === undefined
    ? undefined
    : `no operation works on the keyspace "${unknown}"; there is ${known.join(", ")}`;
}

function indexedOf({ registers, index = [] }: FinalState, keyspaces: readonly string[] | undefined) {
  const isMeant = ({ keyspace = commonKeyspace }: Pick<Document, "keyspace">) => keyspaces?.includes(keyspace) ?? true;
  return { registers: registers.filter(isMeant), index: index.filter(isMeant) };
}

const placeOf = ({ keyspace = commonKeyspace, key }: Pick<Document, "keyspace" | "key">) => `${key} ${keyspace}`;

function diff(registers: readonly Register[], index: readonly Document[]): readonly Difference[] {
  const rows = new Map(registers.map((register) => [placeOf(register), register]));
  const documents = Map.groupBy(index, placeOf);
  return [
    ...[...documents].flatMap(([place, same]) => differencesAt(rows.get(place), same)),
    ...registers.flatMap((at): readonly Difference[] => {
      if (documents.has(placeOf(at))) return [];
      const what = at.version === undefined ? "only in the database" : `version ${at.version} only in the database`;
      return [{ kind: "missing", at, version: at.version, note: `${keyName(at)} is missing, ${what}` }];
    }),
  ];
}

/** All documents of one key beside its row: what is there more than once is wrong in each of its copies. */
function differencesAt(row: Register | undefined, documents: readonly Document[]): readonly Difference[] {
  const [at] = documents;
  const found: Difference[] = [];
  const add = (kind: Difference["kind"], version: number | undefined, what: string): void => {
    found.push({ kind, at: at!, version, note: `${keyName(at!)} is ${kind}, ${what}` });
  };
  if (documents.length > 1) add("duplicate", row?.version, `${documents.length} times in the index`);
  for (const { version } of documents) {
    if (row === undefined) add("orphan", version, `version ${version} without a row`);
    else if (row.version !== undefined && row.version !== version)
      add("stale", row.version, `version ${version} in the index, ${row.version} in the database`);
  }
  return found;
}

function storyOf(evidence: Evidence, { at, version, note }: Difference): readonly Noted[] {
  const row = version === undefined ? undefined : rowOfVersion(evidence, at, version, "write");
  return row === undefined ? [] : [{ row, note: `wrote version ${version}: ${note}`, violates: true }];
}

const noLateness = { late: [] as readonly Noted[], exposed: 0, latestMs: 0 };

/** How late searches were, by the first acknowledgement of anything newer than what they returned. */
function latenessOf(evidence: Evidence, names: readonly string[], lagWithin: number): typeof noLateness {
  const { history } = evidence;
  const asks = flags(evidence, ({ name }) => names.includes(name));
  const age = new ReadAge(evidence, new KeyStates(evidence), "acknowledgements");
  const late: (Noted & { readonly lateMs: number })[] = [];
  let [exposed, latestMs] = [0, 0];
  for (let row = 0; row < history.count; row += 1) {
    if (asks[history.operation[row]!] !== 1 || !isAcknowledged(history, row) || history.phase[row] === warmUp) continue;
    if (!age.isKnown(row)) continue;
    // Only a search that comes so long after the first acknowledged change of its key could have been late.
    if (age.mostMs(row) > lagWithin) exposed += 1;
    const { proof, ageMs: lateMs } = age.of(row);
    latestMs = Math.max(latestMs, lateMs);
    if (lateMs > lagWithin) late.push({ row, note: lateNote(history, row, proof, lateMs), violates: true, lateMs });
  }
  late.sort((one, other) => other.lateMs - one.lateMs);
  return { late, exposed, latestMs };
}

function lateNote(history: History, row: number, proof: number, lateMs: number): string {
  const [seen, newer] = [history.version[row]!, history.version[proof]!];
  const what = isAbsent(history, row) ? "nothing" : Number.isNaN(seen) ? "an older value" : `version ${seen}`;
  const missed = Number.isNaN(newer) ? "a newer one" : newer;
  return `found ${what} of key ${history.key[row]!}, ${duration(lateMs)} after ${missed} was acknowledged`;
}
