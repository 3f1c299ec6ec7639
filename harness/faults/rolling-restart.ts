import { z } from "zod";
import type { Injection } from "../model/fault.ts";
import { type Duration, milliseconds } from "../model/units.ts";
import { injectionsOf } from "../schema/fault-options.ts";
import { duration, names } from "../schema/fields.ts";
import { terminate } from "./terminate.ts";

const hourMs = 3_600_000;

const restartOptions = z.strictObject({
  instances: names('Give a list of instances, as ["api-1", "api-2"].'),
  at: duration({ atLeast: 0, atMost: hourMs }, "seconds(1)"),
  down: duration({ above: 0, atMost: hourMs }, "seconds(1)").default(1000 as Duration),
  between: duration({ atLeast: 0, atMost: hourMs }, "seconds(2)").default(2000 as Duration),
  grace: duration({ atLeast: 0, atMost: 60_000 }, "seconds(2)").default(2000 as Duration),
});

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
  const given = typeof options === "object" && options !== null ? { ...options, instances } : options;
  return injectionsOf("rollingRestart", restartOptions, given, ({ at, down, between, grace }) =>
    instances.map((instance, index) => ({
      at: milliseconds(at + index * (down + between)),
      lasting: milliseconds(down),
      inject: terminate(instance, { grace: milliseconds(grace) }),
    })),
  );
}
