import type { OperationInfo } from "../model/check.ts";
import type { History } from "../model/history.ts";
import type { RunRecord } from "../model/run.ts";

/** What is exported. */
export interface ExportSource {
  readonly record: RunRecord;
  readonly history: History;
  /** The texts that the history's error numbers stand for. */
  readonly errors: readonly string[];
}

/** One format: the text in pieces, so that a history of any size needs no more memory than a piece. */
export interface ExportFormat {
  /** In one line, for the help. */
  readonly summary: string;
  pieces(source: ExportSource): Iterable<string>;
}

/** An operation of the run by its number; a name that says so when the plan does not know it. */
export function operationAt(
  { record }: ExportSource,
  number: number,
): Pick<OperationInfo, "name" | "workload" | "effect"> {
  return record.plan.operations[number] ?? { name: `operation ${number}`, workload: "", effect: "none" };
}
