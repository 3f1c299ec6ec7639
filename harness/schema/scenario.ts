import { z } from "zod";
import type { System } from "../model/system.ts";
import { callable, choice, duration, hinted, text } from "./fields.ts";
import { ofAnyClass } from "./objects.ts";

/** A scenario as people state it; its workload, system, faults and checks have schemas of their own. */

const length = (least: number) => duration({ atLeast: least, atMost: 86_400_000 }, "seconds(5)", "OUT_OF_BOUNDS");

export const phasesSchema = z.strictObject({
  warmUp: length(0),
  steady: length(1000),
  faults: length(1000),
  recovery: length(1000),
});

const auditSchema = ofAnyClass({
  atRest: callable("Give a function that resolves to true when nothing is under way any more."),
  read: callable("Give a function that resolves to the final state, as docs/audits.md shows."),
  gauges: callable("Give a function that resolves to numbers by name, or leave it out.").optional(),
});

export const variantsSchema = hinted(
  z.record(
    z.string(),
    z.custom<System>((one) => Object.prototype.toString.call(one) === "[object Object]"),
  ),
  'Give systems by name, as { "write-back": shop({ … }) }.',
);

export const scenarioSchema = z.strictObject({
  name: text("Give a sentence: what happens, under which load."),
  expects: hinted(z.string(), "Say what should be seen."),
  tags: hinted(z.array(z.string().min(1)).readonly(), 'Give a list of words, as ["gate"].').optional(),
  system: z.unknown().optional(),
  variants: variantsSchema.optional(),
  workload: z.unknown().optional(),
  phases: z.unknown().optional(),
  faults: z.unknown().optional(),
  audit: auditSchema.optional(),
  restWithin: duration({ above: 0, atMost: 3_600_000 }, "seconds(10)", "OUT_OF_BOUNDS").optional(),
  checks: z.unknown().optional(),
});

const moment = (example: string) => duration({ atLeast: 0 }, example, "BAD_TIME");

/** A fault at its time, as a scenario states it or a function draws it. */
export const injectionSchema = z.strictObject({
  at: hinted(
    z.union([moment("seconds(1)"), z.strictObject({ from: moment("seconds(1)"), to: moment("seconds(4)") })]),
    (given) =>
      typeof given === "number" && Number.isFinite(given)
        ? `State its unit, as milliseconds(${given}).`
        : "Give a time of 0 s or more, a window { from, to }, or a milestone as `after`.",
    "BAD_TIME",
  ).optional(),
  after: z.unknown().optional(),
  problems: z.never().optional(),
  lasting: duration({ above: 0 }, "seconds(5)", "OUT_OF_BOUNDS"),
  inject: hinted(
    z.strictObject({
      kind: z.string(),
      target: text('Name what it acts on, as "api" or "api->cache".', { code: "NO_TARGET" }),
      parameters: z.record(z.string(), z.unknown()),
      problems: z.unknown().optional(),
    }),
    'Give a fault, as latency("api->cache", { latency: milliseconds(200) }).',
    "UNKNOWN_FAULT",
  ),
  on: choice(["all", "one"] as const, "BAD_ON").optional(),
});
