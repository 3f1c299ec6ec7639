import { grants, loadPhases, operationFlags, outcomes } from "../model/history.ts";
import { type ExportSource, operationAt } from "./source.ts";

/** A value of a row; `undefined` for what never happened, or was not told. */
export type Cell = string | number | boolean | undefined;

const told = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value);
const flagged = (bit: number): Cell => (bit === 0 ? undefined : true);
/** Times are stored to the microsecond. */
const ms = (value: number): number | undefined => (Number.isNaN(value) ? undefined : Math.round(value * 1000) / 1000);

/**
 * The columns of an exported history, one operation a row, in the order in which they ended. Times are in ms on the run's
 * clock. Names of columns never change their meaning; new ones come at the end.
 */
export const columns: readonly { readonly name: string; readonly of: (source: ExportSource, row: number) => Cell }[] = [
  { name: "id", of: ({ history }, row) => history.id[row] },
  { name: "workload", of: (source, row) => operationAt(source, source.history.operation[row]!).workload },
  { name: "operation", of: (source, row) => operationAt(source, source.history.operation[row]!).name },
  { name: "effect", of: (source, row) => operationAt(source, source.history.operation[row]!).effect },
  { name: "phase", of: ({ history }, row) => loadPhases[history.phase[row]!] },
  { name: "session", of: ({ history }, row) => history.session[row] },
  { name: "key", of: ({ history }, row) => history.key[row] },
  { name: "target", of: ({ record, history }, row) => record.plan.entry[history.target[row]!] },
  { name: "intended_ms", of: ({ history }, row) => ms(history.intendedMs[row]!) },
  { name: "dispatched_ms", of: ({ history }, row) => ms(history.dispatchedMs[row]!) },
  { name: "wire_ms", of: ({ history }, row) => ms(history.wireMs[row]!) },
  { name: "end_ms", of: ({ history }, row) => ms(history.endMs[row]!) },
  { name: "outcome", of: ({ history }, row) => outcomes[history.outcome[row]!] },
  { name: "version", of: ({ history }, row) => told(history.version[row]!) },
  { name: "value", of: ({ history }, row) => told(history.value[row]!) },
  {
    name: "granted",
    of: ({ history }, row) => (history.granted[row] === 0 ? undefined : grants[history.granted[row]!]),
  },
  { name: "error", of: ({ history, errors }, row) => errors[history.error[row]!] || undefined },
  { name: "absent", of: ({ history }, row) => flagged(history.flags[row]! & operationFlags.absent) },
  { name: "not_executed", of: ({ history }, row) => flagged(history.flags[row]! & operationFlags.notExecuted) },
];

const rowsInPiece = 500;

/** The rows as lines, some hundred at a time. */
export function* linesOf(source: ExportSource, line: (row: number) => string): Iterable<string> {
  for (let row = 0; row < source.history.count; row += rowsInPiece) {
    const length = Math.min(rowsInPiece, source.history.count - row);
    yield Array.from({ length }, (_, index) => `${line(row + index)}\n`).join("");
  }
}
