import type { z } from "zod";
import type { FaultKind, FaultSpec, Observation } from "../model/fault.ts";
import { statedDuration } from "../model/quantities.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { duration } from "../schema/fields.ts";

const leastMs = 5000;
const mostMs = 366 * 24 * 3_600_000;

const clockSkewOptions = new FaultOptions(
  {
    /** Forwards, or backwards when it is negative; at least 5 s either way. */
    by: duration({ atLeast: -mostMs, atMost: mostMs }, "minutes(5)"),
  },
  ({ by }) =>
    Math.abs(by) < leastMs
      ? [
          {
            code: "PARAMETER_OUT_OF_BOUNDS",
            where: "by",
            message: `is ${statedDuration(by)}`,
            remedy: `Give at least ${statedDuration(leastMs)}, forwards or backwards: less could not be proven.`,
          },
        ]
      : [],
);
type ClockSkewOptions = z.input<typeof clockSkewOptions.schema>;

/**
 * The clock of a service is wrong, and jumps back when it is healed: a machine without time synchronisation, a virtual
 * machine that was frozen, a leap handled badly. What it compares with others' clocks goes wrong: expiry, signatures,
 * "last write wins". By libfaketime, which the service is started with when the schedule has this fault. Not simulated:
 * a clock that drifts, and timers, which go on as they do when somebody sets a clock.
 */
export function clockSkew<const Target extends string>(target: Target, options: ClockSkewOptions): FaultSpec<Target> {
  return clockSkewOptions.spec("clockSkew", target, options);
}

export const clockSkewFault: FaultKind<"clock"> = {
  kind: "clockSkew",
  needs: "clock",
  summary: "the clock of a service is wrong",
  receipt: "the `Date` of an answer of the service differs from our clock by as much",
  healing: "the clock is set back, while the service runs",
  example: { byMs: 60_000 },
  explored: [{ byMs: 3_600_000 }, { byMs: -3_600_000 }],
  residue: "a file that says by how much: it lies in the run's scratch folder, and the service ends with the run",
  options: clockSkewOptions.fields,
  problems: clockSkewOptions.problems,
  title: ({ target, parameters }) => `set the clock of ${target} by ${statedDuration(Number(parameters["byMs"]))}`,
  undo: () => [],
  inject: (service, { parameters }) => service.setClock(Number(parameters["byMs"])),
  heal: (service) => service.setClock(0),
  async observe(service, { parameters }): Promise<Observation> {
    const aheadMs = await service.clockAheadMs(1000);
    if (aheadMs === undefined) return { state: "unclear", measured: { answered: false } };
    const measured = { aheadMs: Math.round(aheadMs) };
    // An answer tells whole seconds, and one more may have gone by.
    const isNear = (ms: number): boolean => Math.abs(aheadMs - ms) <= 2000;
    if (isNear(Number(parameters["byMs"]))) return { state: "acting", measured };
    return { state: isNear(0) ? "absent" : "unclear", measured };
  },
};
