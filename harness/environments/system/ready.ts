import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { CodeWith } from "../../model/error-codes/index.ts";
import { type FaultlineError, systemError } from "../../model/errors.ts";
import { statedDuration } from "../../model/quantities.ts";

/** How long a component may take until it answers, and how long what is run once before it may take. */
const readyWithinMs = 30_000;
export const onceWithinMs = 60_000;
const pollMs = 20;

/** What was started, for whoever must say that it did not work out. */
export interface Started {
  readonly name: string;
  readonly command: string;
  /** Where its output goes. */
  readonly log: string;
}

/**
 * Waits for a real answer.
 * @param start.ended how it ended, when it has
 * @throws FaultlineError (3) with its last lines when it has ended, or does not answer in time
 */
export async function untilReady(start: {
  readonly started: Started;
  readonly isReady: () => Promise<boolean>;
  readonly ended: () => Promise<string | undefined>;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { started, signal } = start;
  const deadline = performance.now() + readyWithinMs;
  while (!(await start.isReady())) {
    const how = await start.ended();
    if (how !== undefined) throw failedToStart(codeOf(how), started, `ended with ${how}`);
    if (performance.now() > deadline) {
      throw failedToStart("NOT_READY", started, `did not answer within ${statedDuration(readyWithinMs)}`);
    }
    await sleep(pollMs, undefined, { signal });
  }
}

/** By these a shell says, and so does the first process of a container, that there is no such program, or that it can't be run. */
const codeOf = (how: string): CodeWith<"system"> =>
  /^exit 12[67]$/.test(how) ? "COMMAND_NOT_STARTED" : "COMPONENT_EXITED";

/** @param how it went, as `ended with exit 1` */
export function failedToStart(code: CodeWith<"system">, { name, command, log }: Started, how: string): FaultlineError {
  const tail = lastLines(log, 20);
  return systemError({
    code,
    where: name,
    message: `${command} ${how}${tail === "" ? "; it wrote nothing" : `:\n${tail}`}`,
    remedy: `Its whole log: ${log}`,
  });
}

function lastLines(path: string, count: number): string {
  if (!existsSync(path)) return "";
  const lines = readFileSync(path, "utf8").trimEnd().split("\n").slice(-count);
  return lines.map((line) => (line === "" ? "" : `    ${line.slice(0, 400)}`)).join("\n");
}
