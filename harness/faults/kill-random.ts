import { z } from "zod";
import type { DrawnInjections, Injection } from "../model/fault.ts";
import { type Random, randomFrom } from "../model/random.ts";
import { type Duration, milliseconds } from "../model/units.ts";
import { injectionsOf } from "../schema/fault-options.ts";
import { duration, names, text } from "../schema/fields.ts";
import { kill } from "./kill.ts";

/** How often at the most: what would be more than a run can show. */
const mostKills = 1000;

const dayMs = 86_400_000;
const killOptions = z
  .strictObject({
    every: duration({ above: 0, atMost: dayMs }, "seconds(2)"),
    among: names('Give a list of components or instances, as ["api", "worker-1"].'),
    within: duration({ above: 0, atMost: dayMs }, "seconds(8)"),
    down: duration({ above: 0, atMost: dayMs }, "milliseconds(500)").default(500 as Duration),
    settle: duration({ atLeast: 0, atMost: dayMs }, "seconds(1)").default(0 as Duration),
    seed: text('Give a text, as seed: "7".').optional(),
  })
  .refine(({ within, down }) => down < within, {
    path: ["within"],
    params: {
      message: "is over before the first that is killed could be back",
      remedy: "Make it longer than `down`.",
    },
  });

/**
 * Random killing without warning, until the end of the phase: one instance at a time, picked by the seed, dies and is
 * started again. The pauses between a restart and the next kill are exponential, so that nothing can be in step with
 * them ("The Netflix Simian Army", 2011).
 * @param options.every the mean pause between two kills
 * @param options.among components or instances; of a component with several instances one dies at a time
 * @param options.down how long each stays down. Default 500 ms
 * @param options.settle how long nobody dies after a restart. An instance that is killed while it still starts is healed
 * only with the restart after that, and its receipt says so. Default 0
 * @param options.within how long this goes on, from the start of the phase `faults` on
 * @param options.seed of its own, so that the kills stay the same whatever the run's seed is
 */
export function killRandom<const Target extends string>(options: {
  every: Duration;
  among: readonly Target[];
  within: Duration;
  down?: Duration;
  settle?: Duration;
  seed?: string;
}): DrawnInjections<Target> {
  return (random) =>
    injectionsOf("killRandom", killOptions, options, ({ seed, ...read }) =>
      killsOf(seed === undefined ? random : randomFrom(seed), { ...read, among: options.among }),
    );
}

function killsOf<const Target extends string>(
  source: Random,
  options: { every: number; among: readonly Target[]; within: number; down: number; settle: number },
): readonly Injection<Target>[] {
  const { every, among, within, down, settle } = options;
  const [pauses, victims] = [source.stream("pauses"), source.stream("victims")];
  const kills: Injection<Target>[] = [];
  for (let at = 0; kills.length < mostKills; at += down + settle) {
    at += -Math.log(1 - pauses.at(kills.length)) * every;
    if (!(at + down <= within)) break;
    const victim = among[Math.floor(victims.at(kills.length) * among.length)]!;
    kills.push({ at: milliseconds(at), lasting: milliseconds(down), inject: kill(victim), on: "one" });
  }
  return kills;
}
