import { z } from "zod";
import { credentials, effects, type Workload } from "../model/workload.ts";
import { callable, choice, duration, flag, hinted, number, text, whole } from "./fields.ts";

/** A workload as people state it; the types of `model/workload.ts` say what each field means. */

const outOfBounds = "OUT_OF_BOUNDS";
const keys = whole({ atLeast: 1, atMost: 10_000_000, unit: "keys", code: outOfBounds });
const skew = number({ atLeast: 0, atMost: 10, unit: "(Zipf's exponent)", code: outOfBounds }).optional();

const traits = {
  weight: number({ atLeast: 0, atMost: 1e9, unit: "(relative to the others)", code: outOfBounds }),
  effect: choice(effects, "UNKNOWN_EFFECT"),
  deadline: duration({ atLeast: 1, atMost: 600_000 }, "seconds(1)", outOfBounds),
  keyspace: z.strictObject({ name: text('Give a name, as "carts".'), keys, skew }).optional(),
  credential: choice(credentials, "UNKNOWN_CREDENTIAL").optional(),
  poison: flag().optional(),
};

const leaf = () => callable("Give a function: request and judge for HTTP, perform for anything else.");

const operation = z.union([
  z.strictObject({ ...traits, request: leaf(), judge: leaf() }),
  z.strictObject({ ...traits, perform: leaf() }),
]);

const perSecond = number({ atLeast: 0.1, atMost: 1_000_000, unit: "operations per second", code: outOfBounds });
const corner = z.strictObject({
  at: duration({ atLeast: 0 }, "seconds(5)", "BAD_RATE"),
  perSecond: number({ atLeast: 0, atMost: 1_000_000, unit: "operations per second", code: outOfBounds }),
});
const rate = hinted(
  z.union([perSecond, z.array(corner)]),
  "Give a number from 0.1 to 1000000 operations per second, or corners as { at: seconds(5), perSecond: 200 }.",
  outOfBounds,
);

const slo = z.strictObject({
  availability: number({ atLeast: 0.01, atMost: 0.999_999, unit: ", as 0.999", code: outOfBounds }),
  within: duration({ atLeast: 1, atMost: 600_000 }, "milliseconds(300)", outOfBounds),
});

export const workloadSchema = z.strictObject({
  name: text('Give a name, as "shoppers".'),
  perSecond: rate,
  arrivals: choice(["poisson", "constant"] as const, "UNKNOWN_ARRIVALS").optional(),
  keys,
  skew,
  sessions: whole({ atLeast: 1, atMost: 65_535, unit: "sessions", code: outOfBounds }),
  slo: slo.optional(),
  prepare: callable<NonNullable<Workload["prepare"]>>("Give a function, or leave it out.").optional(),
  operations: hinted(z.record(z.string(), operation), "Give at least one operation by its name.", "BAD_OPERATIONS"),
});
