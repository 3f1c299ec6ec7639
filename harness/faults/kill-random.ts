import type { DrawnInjections, Injection } from "../model/fault.ts";
import { randomFrom } from "../model/random.ts";
import { type Duration, milliseconds } from "../model/units.ts";
import { kill } from "./kill.ts";

/** How often at the most: what would be more than a run can show. */
const mostKills = 1000;

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
  const { every, among, within, down = milliseconds(500), settle = milliseconds(0), seed } = options;
  return (random) => {
    const source = seed === undefined ? random : randomFrom(seed);
    const [pauses, victims] = [source.stream("pauses"), source.stream("victims")];
    const kills: Injection<Target>[] = [];
    for (let at = 0; kills.length < mostKills; at += down + settle) {
      at += -Math.log(1 - pauses.at(kills.length)) * every;
      if (!(at + down <= within)) break;
      const victim = among[Math.floor(victims.at(kills.length) * among.length)]!;
      kills.push({ at: milliseconds(at), lasting: down, inject: kill(victim), on: "one" });
    }
    return kills;
  };
}
