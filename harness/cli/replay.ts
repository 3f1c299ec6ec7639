import { isDeepStrictEqual } from "node:util";
import { usageError } from "../model/errors.ts";
import { redacting, secretsOf } from "../model/redact.ts";
import { readRun } from "../store/read-run.ts";
import { environmentNamed } from "./environments.ts";
import type { Output } from "./output.ts";
import { planAll } from "./planned.ts";
import { type RunFlags, run } from "./run.ts";

/**
 * `faultline replay <run>`: runs a stored run's scenario with its seed, once it is sure that this gives the schedule and
 * the load that the run had.
 * @returns the exit code of the run
 * @throws FaultlineError REPLAY_DIFFERS when the scenario, or Faultline, has changed since, or the system is another one
 */
export async function replay(folder: string, flags: Omit<RunFlags, "seed" | "tag">, output: Output): Promise<number> {
  const { record } = readRun(folder);
  const { file } = record.scenario;
  const chosen = {
    seed: record.seed,
    ...(record.scenario.variant === undefined ? {} : { variant: record.scenario.variant }),
    // They are judged as any check of the scenario, and were part of the run's plan.
    ...(flags.budgets === undefined ? {} : { budgets: flags.budgets }),
  };
  const { planned } = await planAll([file], { scenarios: ".", ...chosen }, environmentNamed(flags.env).facts);
  const other = planned.find(({ scenario }) => scenario.system.variant !== record.system.variant);
  if (other !== undefined) {
    // A mutant that is chosen by a variable: the plan is the same, and without its bug it would pass.
    const [now, then] = [other.scenario.system, record.system].map(({ name, variant }) => variant ?? name);
    const message = `has another system than the run had: ${now}, not ${then}`;
    throw usageError({ code: "REPLAY_DIFFERS", where: file, message, remedy: `Run it as it was: ${record.replay}` });
  }
  const differing = planned.flatMap(({ plan, scenario }) => differences(plan, record.plan, secretsOf(scenario.system)));
  if (differing.length > 0) {
    throw usageError({
      code: "REPLAY_DIFFERS",
      where: file,
      message: `has other ${differing.join(" and ")} than the run had`,
      remedy: `Go back to ${record.commit ?? "the version that it was made with"}, or run it as it is now: faultline run ${file} --seed ${record.seed}`,
    });
  }
  return run([file], { ...flags, ...chosen }, output);
}

function differences(now: object, then: object, secrets: readonly string[]): readonly string[] {
  // As it would have been stored, since the one never was.
  const [one, other] = [now, then].map(
    (plan) => JSON.parse(JSON.stringify(plan, redacting(secrets))) as Record<string, unknown>,
  );
  return Object.keys({ ...one, ...other }).filter((name) => !isDeepStrictEqual(one?.[name], other?.[name]));
}
