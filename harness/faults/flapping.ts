import { z } from "zod";
import type { DrawnInjections, FaultSpec, Injection } from "../model/fault.ts";
import { type Random, randomFrom } from "../model/random.ts";
import { type Duration, milliseconds } from "../model/units.ts";
import { injectionsOf } from "../schema/fault-options.ts";
import { choice, duration, text, whole } from "../schema/fields.ts";
import { partition } from "./partition.ts";
import { refuse } from "./refuse.ts";
import { reset } from "./reset.ts";

const ways = ["refuse", "partition", "reset"] as const;
type Way = (typeof ways)[number];

const cutBy = { refuse, partition, reset } as const satisfies Record<Way, unknown>;

/**
 * In milliseconds. On a busy machine, where a process takes nine seconds to start, shorter refusals were over before one
 * look in sixty had seen them. A silence is proven by 300 ms without an answer.
 */
const usualLengths: Readonly<Record<Way, { readonly shortest: number; readonly longest: number }>> = {
  refuse: { shortest: 150, longest: 400 },
  partition: { shortest: 450, longest: 800 },
  reset: { shortest: 150, longest: 400 },
};

const hourMs = 3_600_000;
const flappingOptions = z
  .strictObject({
    within: duration({ above: 0, atMost: hourMs }, "seconds(8)"),
    cuts: whole({ atLeast: 1, atMost: 1000, unit: "cuts" }).default(10),
    by: choice(ways, "PARAMETER_UNKNOWN_VALUE").default("refuse"),
    shortest: duration({ above: 0, atMost: hourMs }, "milliseconds(150)").optional(),
    longest: duration({ above: 0, atMost: hourMs }, "milliseconds(400)").optional(),
    settle: duration({ atLeast: 0, atMost: hourMs }, "milliseconds(500)").default(500 as Duration),
    seed: text('Give a text, as seed: "7".').optional(),
  })
  .refine((options) => lengthOf(options).shortest <= lengthOf(options).longest, {
    path: ["longest"],
    params: { message: "is below `shortest`", remedy: "Make it at least as long as `shortest`." },
  })
  .refine((options) => leastMs(options) <= options.within, {
    path: ["within"],
    params: {
      message: "is too short for so many cuts of the longest length, with `settle` between them",
      remedy: "Make it longer, or state fewer cuts, shorter ones, or less `settle`.",
    },
  });
type Lengths = { readonly by: Way; readonly shortest?: Duration | undefined; readonly longest?: Duration | undefined };
type Flapping = Lengths & { readonly within: number; readonly cuts: number; readonly settle: number };

/** A bound that is stated alone takes the usual one along where that would lie beyond it. */
function lengthOf({ by, shortest, longest }: Lengths): { readonly shortest: number; readonly longest: number } {
  const usual = usualLengths[by];
  return {
    shortest: shortest ?? Math.min(usual.shortest, longest ?? usual.shortest),
    longest: longest ?? Math.max(usual.longest, shortest ?? usual.longest),
  };
}

/** What the cuts and the pauses between them need, whatever is drawn. */
function leastMs(options: Flapping): number {
  return options.cuts * lengthOf(options).longest + (options.cuts - 1) * options.settle;
}

/**
 * A link that flaps: many short cuts, one after the other, of which the seed draws how long each is and when it comes. A
 * loose cable, a routing protocol that finds no rest, a proxy that restarts again and again. What reconnects at once is cut
 * again in the middle of it. Each cut is an injection of its own, with a receipt. Not simulated: packets that are lost one by
 * one.
 * @param target a link, as `api->cache`; of several instances all are cut at the same time
 * @param options.within how long this goes on, from the start of the phase `faults` on; all cuts lie in it
 * @param options.cuts how many. Default 10
 * @param options.by how each cuts: `refuse` closes what is open and refuses what is new, `partition` is silent, and `reset`
 * leaves open connections as they are. Default `refuse`
 * @param options.shortest of a cut. Default 150 ms, and 450 ms by `partition`, whose proof alone takes 300 ms
 * @param options.longest of a cut. Default 400 ms, and 800 ms by `partition`
 * @param options.settle how long the link works between two cuts, at least: the heal is proven in that time. Default 500 ms
 * @param options.seed of its own, so that the cuts stay the same whatever the run's seed is
 */
export function flapping<const Target extends string>(
  target: Target,
  options: {
    within: Duration;
    cuts?: number;
    by?: Way;
    shortest?: Duration;
    longest?: Duration;
    settle?: Duration;
    seed?: string;
  },
): DrawnInjections<Target> {
  return (random) =>
    injectionsOf("flapping", flappingOptions, options, ({ seed, ...read }) =>
      cutsOf(seed === undefined ? random : randomFrom(seed), cutBy[read.by](target), read),
    );
}

function cutsOf<Target extends string>(
  source: Random,
  inject: FaultSpec<Target>,
  options: Flapping,
): readonly Injection<Target>[] {
  const { within, cuts, settle } = options;
  const { shortest, longest } = lengthOf(options);
  const [lengths, pauses] = [source.stream("lengths"), source.stream("pauses")];
  const lasting = drawn(cuts, (index) => Math.round(shortest + lengths.at(index) * (longest - shortest)));
  // In whole milliseconds, as reports have them. What neither a cut nor `settle` needs is shared out among the pauses:
  // between two cuts, before the first one and after the last one.
  const spareMs = within - sum(lasting) - (cuts - 1) * settle;
  const shares = drawn(cuts + 1, (index) => -Math.log(1 - pauses.at(index)));
  const perShare = spareMs / sum(shares);
  let fromMs = 0;
  return lasting.map((lastingMs, index) => {
    const at = fromMs + Math.floor(shares[index]! * perShare);
    fromMs = at + lastingMs + settle;
    return { at: milliseconds(at), lasting: milliseconds(lastingMs), inject };
  });
}

const drawn = (count: number, draw: (index: number) => number): readonly number[] =>
  Array.from({ length: count }, (_, index) => draw(index));

const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);
