import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { FinalState } from "../model/check.ts";
import { messageOf, systemError } from "../model/errors.ts";
import type { RunEvent } from "../model/events.ts";
import { bytes } from "../model/quantities.ts";
import { redacting } from "../model/redact.ts";
import type { RunRecord } from "../model/run.ts";

/** Names inside a run folder. */
export const files = {
  record: "run.json",
  events: "events.jsonl",
  history: "history.bin",
  finalState: "final-state.json",
  kept: "evidence.jsonl",
  journal: "undo.jsonl",
  logs: "logs",
  report: "report.html",
} as const;

/** Leads to the run that was published last. A copy of all reports, as CI makes, may have a folder in its place. */
const latest = "latest";

/** Less than this is a full disk: a run of some minutes writes some ten MB. */
const leastFreeBytes = 128 * 1024 * 1024;

/** A run folder that is being written, stage by stage; a run that dies at any point leaves what it had seen. */
export interface RunFolder {
  readonly id: string;
  readonly path: string;
  readonly logs: string;
  readonly journal: string;
  readonly history: string;
  /** Of the evidence that judgements keep. */
  readonly kept: string;
  readonly report: string;
  /** Texts that must not be found in it. */
  readonly secrets: readonly string[];
  /** Whole or not at all: a reader never sees half a record. */
  writeRecord(record: RunRecord): void;
  appendEvent(event: RunEvent): void;
  writeFinalState(state: FinalState): void;
  writeReport(html: string): void;
  /** Lets `latest` point here. */
  publish(): void;
}

/**
 * Makes the folder of a run.
 * @param root the folder of all reports
 * @param name `<utc>-<scenario>-<seed>`; a number is added when there is one already
 * @param options.freeBytes how much room there must be
 * @param options.secrets what must not be found in it, besides what looks like a secret
 * @throws FaultlineError (3) before anything is started, when it can't be written to or the disk is full
 */
export function createRunFolder(
  root: string,
  name: string,
  options: { readonly freeBytes?: number; readonly secrets?: readonly string[] } = {},
): RunFolder {
  const path = makeFolder(resolve(root), name, options.freeBytes ?? leastFreeBytes);
  mkdirSync(join(path, files.logs));
  writeFileSync(join(path, files.events), "");
  return openRunFolder(path, options.secrets);
}

/** A run folder that is there already. */
export function openRunFolder(path: string, secrets: readonly string[] = []): RunFolder {
  const at = (file: string): string => join(path, file);
  return {
    id: basename(path),
    path,
    logs: at(files.logs),
    journal: at(files.journal),
    history: at(files.history),
    kept: at(files.kept),
    report: at(files.report),
    secrets,
    writeRecord: (record) => writeWhole(at(files.record), `${JSON.stringify(record, redacting(secrets), 2)}\n`),
    appendEvent: (event) => appendFileSync(at(files.events), `${JSON.stringify(event, redacting(secrets))}\n`),
    writeFinalState: (state) => writeWhole(at(files.finalState), JSON.stringify(state)),
    writeReport: (html) => writeWhole(at(files.report), html),
    publish: () => pointLatest(dirname(path), basename(path)),
  };
}

/**
 * The names of the runs in a folder of reports, sorted: of its folders with a record. `latest` is one of the others, and
 * a name with a dot in front is one that is still being copied.
 */
export function runsIn(root: string): readonly string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== latest && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .filter((name) => existsSync(join(root, name, files.record)))
    .sort();
}

function makeFolder(root: string, name: string, freeBytes: number): string {
  try {
    mkdirSync(root, { recursive: true });
    const { bavail, bsize } = statfsSync(root);
    if (bavail * bsize < freeBytes) {
      const [free, needed] = [bavail * bsize, freeBytes].map(bytes);
      throw new Error(`only ${free} are free, at least ${needed} are needed`);
    }
    for (let count = 1; ; count += 1) {
      const path = join(root, count === 1 ? name : `${name}-${count}`);
      try {
        mkdirSync(path);
        return path;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
    }
  } catch (error) {
    throw systemError(
      {
        code: "REPORTS_NOT_WRITABLE",
        where: root,
        message: `the run folder can't be made: ${messageOf(error)}`,
        remedy: "Make room, or name another folder with --output.",
      },
      { cause: error },
    );
  }
}

/** All of it or nothing: what was there before stays when it can't be written. */
function writeWhole(path: string, text: string): void {
  try {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  } catch (error) {
    rmSync(`${path}.new`, { force: true });
    throw systemError(
      {
        code: "RUN_NOT_WRITTEN",
        where: path,
        message: `could not be written: ${messageOf(error)}`,
        remedy: "Make room, or name another folder with --output; what was written until then is still there.",
      },
      { cause: error },
    );
  }
}

/** Replaced by a rename, so that there is a `latest` at every moment, also with two runs at once. */
function pointLatest(root: string, target: string): void {
  const next = join(root, `.latest-${process.pid}`);
  rmSync(next, { force: true });
  symlinkSync(target, next);
  try {
    renameSync(next, join(root, latest));
  } catch (error) {
    unlinkSync(next);
    throw error;
  }
}
