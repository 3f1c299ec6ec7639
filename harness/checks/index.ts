import type { z } from "zod";
import type { Check } from "../model/check.ts";
import type { Json } from "../model/units.ts";
import { Asked, Stored } from "../schema/options.ts";
import { authFailsClosed } from "./auth-fails-closed.ts";
import { availability } from "./availability.ts";
import { cacheAgrees } from "./cache-agrees.ts";
import { comesToRest } from "./comes-to-rest.ts";
import { deadLettersAreDeserved } from "./dead-letters-are-deserved.ts";
import { effectsExactlyOnce } from "./effects-exactly-once.ts";
import { errorBudget } from "./error-budget.ts";
import { indexAgrees } from "./index-agrees.ts";
import { latencyWithin } from "./latency-within.ts";
import { linearizable } from "./linearizable.ts";
import { noLostJobs } from "./no-lost-jobs.ts";
import { noLostUpdates } from "./no-lost-updates.ts";
import { noLostWrites } from "./no-lost-writes.ts";
import { noStaleReads } from "./no-stale-reads.ts";
import { noWrongAnswers } from "./no-wrong-answers.ts";
import { nothingHangs } from "./nothing-hangs.ts";
import { nothingLeftBehind } from "./nothing-left-behind.ts";
import { poolsHold } from "./pools-hold.ts";
import { recoversWithin } from "./recovers-within.ts";
import { retriesEnd } from "./retries-end.ts";
import { staysLive } from "./stays-live.ts";
import { staysUp } from "./stays-up.ts";
import { stopsCleanly } from "./stops-cleanly.ts";
import { versionsNeverGoBack } from "./versions-never-go-back.ts";

/** Every check by its name; a new one is one file and one line here. */
const checks = {
  authFailsClosed,
  availability,
  cacheAgrees,
  comesToRest,
  deadLettersAreDeserved,
  effectsExactlyOnce,
  errorBudget,
  indexAgrees,
  latencyWithin,
  linearizable,
  noLostJobs,
  noLostUpdates,
  noLostWrites,
  noStaleReads,
  noWrongAnswers,
  nothingHangs,
  nothingLeftBehind,
  poolsHold,
  recoversWithin,
  staysLive,
  retriesEnd,
  staysUp,
  stopsCleanly,
  versionsNeverGoBack,
} as const;

export type CheckName = keyof typeof checks;

export const checkNames = Object.keys(checks) as readonly CheckName[];

/** A check of ours from options as somebody states them, whatever they are. */
export function checkFrom(name: CheckName, options: unknown): Check {
  const make = checks[name] as unknown as (given: unknown) => Check;
  return make(options);
}

/** The schema of a check's options. */
export function optionsSchemaOf(name: CheckName): z.ZodType {
  const asked = new Asked();
  checkFrom(name, asked);
  return asked.schema!;
}

/**
 * The check that a stored run was judged with.
 * @param parameters what it was made from
 * @returns undefined for a name that is none of ours: the scenario has a check of its own. Parameters that mean nothing to
 * this version give a check that is inconclusive and says so
 */
export function checkNamed(name: string, parameters: Json): Check | undefined {
  if (!Object.hasOwn(checks, name)) return undefined;
  return checkFrom(name as CheckName, new Stored(parameters));
}
