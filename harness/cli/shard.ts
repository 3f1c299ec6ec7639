import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { usageError } from "../model/errors.ts";
import type { Skipped } from "./planned.ts";

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

export const shardFile = ({ index, of }: Shard): string => `shard-${index}-of-${of}.json`;

export function writeShard(folder: string, outcome: ShardOutcome): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, shardFile(outcome)), `${JSON.stringify(outcome, null, 2)}\n`);
}
