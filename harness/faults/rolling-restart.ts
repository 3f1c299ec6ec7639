import type { Injection } from "../model/fault.ts";
import { type Duration, milliseconds } from "../model/units.ts";
import { terminate } from "./terminate.ts";

/**
 * A deployment: one instance after the other is asked to end and is started again, the next when the one before should be
 * back. Not simulated: another version of the program.
 * @param options.at when the first one is asked
 * @param options.down how long each is down. Default 1 s
 * @param options.between from the restart of one to the end of the next, in which it becomes ready. Default 2 s
 * @param options.grace after which it is killed. Default 2 s
 */
export function rollingRestart<const Target extends string>(
  instances: readonly Target[],
  options: { at: Duration; down?: Duration; between?: Duration; grace?: Duration },
): readonly Injection<Target>[] {
  const { at, down = milliseconds(1000), between = milliseconds(2000), grace = milliseconds(2000) } = options;
  return instances.map((instance, index) => ({
    at: milliseconds(at + index * (down + between)),
    lasting: down,
    inject: terminate(instance, { grace }),
  }));
}
