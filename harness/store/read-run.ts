import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, readSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { FinalState } from "../model/check.ts";
import { messageOf, usageError } from "../model/errors.ts";
import type { RunEvent } from "../model/events.ts";
import { bytes, plural } from "../model/quantities.ts";
import { type RunRecord, runSchemaVersion, type StoredRun } from "../model/run.ts";
import { readStoredState } from "../schema/final-state.ts";
import { saidOf } from "../schema/final-state-problems.ts";
import { readHistory } from "./history-file.ts";
import { readKeptEvidence } from "./kept-evidence.ts";
import { files } from "./run-folder.ts";

/** Of a log, at most this many bytes from its end are read. */
const logLimit = 4 * 1024 * 1024;

/**
 * Reads a run folder. What is missing besides `run.json` is told in `missing`.
 * @throws FaultlineError (64) when there is no readable `run.json`, or one of a version that we do not know
 */
export function readRun(folder: string): StoredRun {
  const missing: string[] = [];
  const attempt = <T>(what: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      missing.push(`${what}: ${messageOf(error)}`);
      return undefined;
    }
  };
  const record = readRecord(folder);
  const path = realpathSync(folder);
  const events = attempt("the events", () => readEvents(join(path, files.events))) ?? [];
  const stored = attempt("the history", () => readHistory(join(path, files.history)));
  if (stored !== undefined && stored.tornBytes > 0)
    missing.push(`the end of the history: ${plural(stored.tornBytes, "byte")} torn`);
  const audited = hasAudit(events) ? readFinalState(join(path, files.finalState)) : undefined;
  if (typeof audited === "string") missing.push(`the final state: ${audited}`);
  const kept = attempt("the kept evidence", () => readKeptEvidence(join(path, files.kept)));
  if (kept !== undefined && kept.cut > 0)
    missing.push(`the kept evidence: ${kept.cut} operations gave more than is kept`);
  if (kept?.isTorn === true) missing.push("the end of the kept evidence: torn");
  const logs = attempt("the logs", () => readLogs(join(path, files.logs))) ?? {};
  return {
    folder: path,
    record,
    events,
    errors: stored?.errors ?? [""],
    logs,
    missing,
    ...(stored === undefined ? {} : { history: stored.history }),
    ...(typeof audited === "object" ? { finalState: audited } : {}),
    ...(typeof audited === "string" ? { finalStateProblem: audited } : {}),
    ...(kept === undefined || kept.kept.size === 0 ? {} : { kept: kept.kept }),
    ...(kept === undefined || kept.cut === 0 ? {} : { cut: kept.cut }),
  };
}

/** Reads `run.json` alone. */
export function readRecord(folder: string): RunRecord {
  const path = join(folder, files.record);
  let record: Partial<RunRecord>;
  try {
    record = readJson(path) as Partial<RunRecord>;
  } catch (error) {
    throw usageError(
      {
        code: "NOT_A_RUN",
        where: path,
        message: existsSync(path) ? messageOf(error) : "does not exist",
        remedy: existsSync(join("reports", folder, files.record))
          ? `Did you mean ${join("reports", folder)}?`
          : "Name the folder of a run, as reports/latest.",
      },
      { cause: error },
    );
  }
  if (record?.schemaVersion !== runSchemaVersion) {
    throw usageError({
      code: "UNKNOWN_RUN_VERSION",
      where: path,
      message: `has schemaVersion ${String(record?.schemaVersion)}, this Faultline reads ${runSchemaVersion}`,
      remedy: "Use the version of Faultline that wrote it.",
    });
  }
  return record as RunRecord;
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

/** @returns the final state as laws may take it, or why they may not: an earlier version stored whatever an audit returned */
function readFinalState(path: string): FinalState | string {
  try {
    const read = readStoredState(readJson(path));
    return "problems" in read ? saidOf(read.problems) : read.state;
  } catch (error) {
    return messageOf(error);
  }
}

/** A torn last line is what a killed runner leaves. */
function readEvents(path: string): readonly RunEvent[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as RunEvent];
      } catch {
        return [];
      }
    });
}

/** The final state is only expected when the audit was over before the run went on. */
function hasAudit(events: readonly RunEvent[]): boolean {
  return events.some((event) => event.type === "audited");
}

function readLogs(folder: string): Record<string, readonly string[]> {
  const names = readdirSync(folder).filter((name) => name.endsWith(".log"));
  return Object.fromEntries(names.sort().map((name) => [name.replace(/\.log$/, ""), tail(join(folder, name))]));
}

function tail(path: string): readonly string[] {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const length = Math.min(size, logLimit);
    const content = Buffer.alloc(length);
    readSync(file, content, 0, length, size - length);
    const lines = content.toString("utf8").split("\n");
    if (lines.at(-1) === "") lines.pop();
    return size > logLimit ? [`… ${bytes(size - logLimit)} before this were left out`, ...lines.slice(1)] : lines;
  } finally {
    closeSync(file);
  }
}
