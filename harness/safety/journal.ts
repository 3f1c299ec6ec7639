import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from "node:fs";
import type { Journal, UndoStep } from "../model/undo.ts";

/** A journal on disk: one JSON line for each step, flushed before `record` returns, and one when it is done. */
export interface JournalFile extends Journal {
  /** Steps that are recorded and not done, newest first. */
  pending(): readonly UndoStep[];
  close(): void;
}

export function openJournal(path: string): JournalFile {
  const file = openSync(path, "a", 0o600);
  const open = new Map<number, UndoStep>();
  let last = 0;
  let closed = false;
  const append = (entry: object): void => {
    if (closed) return;
    writeSync(file, `${JSON.stringify(entry)}\n`);
    fdatasyncSync(file);
  };
  return {
    record(step) {
      last += 1;
      append({ id: last, step });
      open.set(last, step);
      return last;
    },
    done(id) {
      if (open.delete(id)) append({ done: id });
    },
    pending: () => [...open.values()].reverse(),
    close() {
      if (!closed) closeSync(file);
      closed = true;
    },
  };
}

/** Steps of a stored journal that were never done, newest first. A torn last line was never acted on. */
export function pendingSteps(path: string): readonly UndoStep[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  const open = new Map<number, UndoStep>();
  for (const line of text.split("\n")) {
    const entry = parse(line);
    if (entry?.step !== undefined && entry.id !== undefined) open.set(entry.id, entry.step);
    else if (entry?.done !== undefined) open.delete(entry.done);
  }
  return [...open.values()].reverse();
}

function parse(line: string): { id?: number; step?: UndoStep; done?: number } | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
