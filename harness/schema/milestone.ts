import { z } from "zod";
import { differentNames, hinted, text, whole } from "./fields.ts";

/** Milestones as people state them; `model/milestone.ts` says what each field means. */

const outOfBounds = "OUT_OF_BOUNDS";
const count = whole({ atLeast: 1, atMost: 1_000_000_000, unit: ", as accepted(200)", code: outOfBounds });

/** Kind → its milestones. */
export const milestoneSchemas = {
  accepted: z.strictObject({
    kind: z.literal("accepted"),
    count,
    operations: differentNames(
      'Give a list of operations of the workload, each once, as accepted(50, ["checkout"]).',
    ).optional(),
  }),
  commits: z.strictObject({
    kind: z.literal("commits"),
    component: text('Name a Postgres server, as commits("db", 200).'),
    count,
  }),
} as const;

/** A milestone of whichever kind. */
export const milestoneSchema = hinted(
  z.union([milestoneSchemas.accepted, milestoneSchemas.commits]),
  'Give one, as accepted(200) or commits("db", 100).',
  "UNKNOWN_MILESTONE",
);
