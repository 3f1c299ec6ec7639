import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf, usageError } from "../model/errors.ts";
import type { Planned, Skipped } from "./planned.ts";

/** One of several machines between which the scenarios are dealt: `index` from 1 to `of`. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** What a shard came to, for whoever joins them: `shard-1-of-3.json` beside its runs. */
export interface ShardOutcome extends Shard {
  readonly exit: number;
  /** The folders of its runs. */
  readonly runs: readonly string[];
  readonly skipped: readonly Skipped[];
}

/** @param text `1/3`; @throws FaultlineError BAD_SHARD */
export function shardFrom(text: string): Shard {
  const [, index = 0, of = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= of && of <= 1000) return { index, of };
  const remedy = "Give which one it is of how many, as --shard 1/3.";
  throw usageError({ code: "BAD_SHARD", where: "--shard", message: `is "${text}"`, remedy });
}

/** Those that fall to one shard: every scenario to exactly one, and to the same in whatever order they are found. */
export function shareOf<T>(all: readonly T[], idOf: (one: T) => string, { index, of }: Shard): readonly T[] {
  const inOrder = all.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  return inOrder.filter((_, place) => place % of === index - 1);
}

/** What was planned, and what this machine cannot run. */
interface Plans {
  readonly planned: readonly Planned[];
  readonly skipped: readonly Skipped[];
}

/**
 * What falls to one shard. All scenarios are dealt, also those that this machine cannot run: machines may differ in what
 * they lack, and each scenario must still fall to one of them.
 */
export function shardOf({ planned, skipped }: Plans, shard: Shard): Plans {
  const all = new Set([...planned.map(({ id }) => id), ...skipped.map(({ scenario }) => scenario)]);
  const own = new Set(shareOf([...all], (id) => id, shard));
  return {
    planned: planned.filter(({ id }) => own.has(id)),
    skipped: skipped.filter(({ scenario }) => own.has(scenario)),
  };
}

export const shardFile = ({ index, of }: Shard): string => `shard-${index}-of-${of}.json`;

/** @param path of a shard's file; @throws FaultlineError NOT_A_SHARD when it is torn, or no such file */
export function readShard(path: string): ShardOutcome {
  const remedy = "Fetch the folder that `faultline run --shard` wrote once more, whole.";
  const refuse = (message: string, cause?: unknown): never => {
    throw usageError({ code: "NOT_A_SHARD", where: path, message, remedy }, { cause });
  };
  let read: Partial<ShardOutcome> | null;
  try {
    read = JSON.parse(readFileSync(path, "utf8")) as Partial<ShardOutcome> | null;
  } catch (error) {
    return refuse(messageOf(error), error);
  }
  const { index = 0, of = 0, exit, skipped } = read ?? {};
  const isWhole = index >= 1 && index <= of && Number.isInteger(exit) && Array.isArray(skipped);
  return isWhole ? (read as ShardOutcome) : refuse("does not tell what a shard came to");
}

export function writeShard(folder: string, outcome: ShardOutcome): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, shardFile(outcome)), `${JSON.stringify(outcome, null, 2)}\n`);
}
