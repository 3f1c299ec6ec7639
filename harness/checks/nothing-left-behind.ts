import { z } from "zod";
import type { Check } from "../model/check.ts";
import { grownSince, growthSlack, lastGauges, usualGrowth } from "../model/measure/growth.ts";
import { plural, statedPercent } from "../model/quantities.ts";
import { number } from "../schema/fields.ts";
import { jsonOf, Misstated, optionsOf } from "../schema/options.ts";
import { checkOf, type Finding } from "./finding.ts";
import { undecided } from "./rows.ts";

const leftoverOptions = z.strictObject({
  /** How much larger a gauge may be, beside 2 more of anything. Default 0.1. */
  within: number({ atLeast: 0, atMost: 10, unit: ", as 0.1" }).optional(),
});

/** How much may stay. */
export type LeftoverOptions = z.input<typeof leftoverOptions>;

/**
 * After everything was healed and has come to rest there is no more of anything than in the steady phase: connections,
 * processes, queued messages, and whatever the audit's `gauges` count. A leak shows here before it becomes an outage. What
 * has grown is counted again for a while: a pool shrinks when nobody needs it, a leak does not.
 */
export function nothingLeftBehind(given: LeftoverOptions = {}): Check {
  const options = optionsOf("nothingLeftBehind", leftoverOptions, given);
  if (options instanceof Misstated) return options.check;
  const { within = usualGrowth } = options;
  const law = `At rest there is no more of anything than when steady, give or take ${statedPercent(within)} and ${growthSlack}.`;
  const expected = "no gauge above its steady value";
  const said = {
    name: "nothingLeftBehind",
    parameters: jsonOf(options),
    guards: "safety",
    isDisturbable: true,
    title: "nothing is left behind",
    law,
  } as const;
  return checkOf(said, (evidence): Finding => {
    const [steady, rest] = [lastGauges(evidence.events, "steady"), lastGauges(evidence.events, "rest")];
    if (steady === undefined || rest === undefined) {
      return undecided(expected, `the gauges were not read ${steady === undefined ? "when steady" : "at rest"}`);
    }
    const unread = [...Object.entries(steady), ...Object.entries(rest)].find(([, value]) => !Number.isFinite(value));
    const grown = grownSince(numbersIn(steady), numbersIn(rest), within);
    const numbers = { gauges: Object.keys(rest).length, grown: grown.length };
    if (grown.length > 0) {
      const [first] = grown.toSorted((one, other) => other.after - other.before - (one.after - one.before));
      const more = grown.length === 1 ? "" : `, and ${grown.length - 1} more`;
      const actual = `${first!.name}: ${first!.before} when steady, ${first!.after} at rest${more}`;
      return { verdict: "fail", expected, actual, phase: "quiesce", numbers };
    }
    if (unread !== undefined)
      return undecided(expected, `the gauge ${unread[0]} is ${unread[1]}, and no number`, numbers);
    if (numbers.gauges === 0) return undecided(expected, "nothing was counted", numbers);
    return { verdict: "pass", expected, actual: `${plural(numbers.gauges, "gauge")}, none grown`, numbers };
  });
}

const numbersIn = (values: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value)));
