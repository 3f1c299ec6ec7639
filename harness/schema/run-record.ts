import { z } from "zod";
import { causeCodes } from "../model/cause.ts";
import { runPhases } from "../model/events.ts";
import { loadPhases } from "../model/history.ts";
import { type PassedHow, type RunStatus, runSchemaVersion } from "../model/run.ts";
import type { Json } from "../model/units.ts";
import { type Guards, type Measure, verdicts, witnessLimit } from "../model/verdict.ts";
import { credentials, effects } from "../model/workload.ts";

/**
 * `run.json`, the record of a run, as `store/run.schema.json` states it for other programs; `model/run.ts` says what each
 * field means to this one. What later versions add is no mistake to a reader: objects may have more fields than these.
 */

const object = z.looseObject as unknown as typeof z.strictObject;
const text = () => z.string();
const number = () => z.number();
const json = () => z.custom<Json>();
const texts = () => z.array(text());

const statuses = ["running", "complete", "interrupted", "failed"] as const satisfies readonly RunStatus[];
const ways = ["tolerated", "degraded as designed"] as const satisfies readonly PassedHow[];
const guards = ["safety", "budget"] as const satisfies readonly Guards[];
const units = ["share", "ms", "ratio"] as const satisfies readonly Measure["unit"][];
const directions = ["higher", "lower"] as const satisfies readonly Measure["better"][];

// Each of these stands by its name under `$defs`.
const verdict = z.enum(verdicts).meta({ id: "verdict" });
const causeCode = z.enum(causeCodes).meta({ id: "causeCode" });
const loadPhase = z.enum(loadPhases).meta({ id: "loadPhase" });
const interval = object({ fromMs: number(), toMs: number() }).meta({ id: "interval" });

const milestone = z
  .union([
    object({
      kind: z.literal("accepted"),
      count: z.int().min(1),
      operations: texts().exactOptional(),
    }),
    object({ kind: z.literal("commits"), component: text(), count: z.int().min(1) }),
  ])
  .describe("The fault strikes once this has been reached, counted from atMs on.");

const injection = object({
  kind: text(),
  target: text(),
  parameters: z.record(z.string(), json()),
  id: text().regex(/^i[0-9]+$/),
  atMs: number().min(0),
  after: milestone.exactOptional(),
  lastingMs: number().gt(0),
  acts: texts().min(1),
  title: text(),
}).meta({ id: "injection" });

const witness = object({
  id: z.int(),
  operation: text(),
  outcome: text(),
  session: z.int(),
  key: z.int(),
  fromFaultMs: number(),
  toFaultMs: number().nullable(),
  violates: z.boolean(),
  note: text(),
}).meta({ id: "witness" });

const measure = object({
  value: number().nullable(),
  limit: number(),
  better: z.enum(directions),
  unit: z.enum(units),
}).describe("What a budget was measured to be; null when it was beyond what the run could see.");

const check = object({
  name: text(),
  title: text(),
  law: text(),
  guards: z.enum(guards),
  verdict,
  expected: text(),
  actual: text(),
  phase: z.enum(runPhases).exactOptional(),
  witness: z.array(witness).max(witnessLimit),
  numbers: z.record(z.string(), json()),
  measure: measure.exactOptional(),
  cause: causeCode.describe("Of one that is inconclusive: why.").exactOptional(),
  remedy: text().describe("Of one that is inconclusive: what to do.").exactOptional(),
}).meta({ id: "check" });

const operation = object({
  name: text(),
  workload: text(),
  effect: z.enum(effects),
  deadlineMs: number(),
  keyspace: text(),
  credential: z.enum(credentials),
  isPoison: z.boolean(),
  isPerformed: z
    .literal(true)
    .describe("The workload's own client does it. Absent in runs of earlier versions.")
    .exactOptional(),
});

const workload = object({
  name: text(),
  perSecond: number().describe("The mean over the whole load."),
  slo: object({ availability: number(), withinMs: number() }).exactOptional(),
});

const plan = object({
  scenario: text(),
  seed: text(),
  phases: z.array(object({ phase: loadPhase, lengthMs: number() })),
  schedule: z.array(injection),
  workloads: z.array(workload),
  operations: z.array(operation),
  entry: texts().describe("The entry instances; a history's target is an index into them."),
  arrivals: object({ count: z.int(), sha256: text().regex(/^[0-9a-f]{64}$/) }),
  checks: z
    .array(object({ name: text(), parameters: json() }))
    .describe("The checks, told by what they were made from."),
});

const waited =
  "The longest, in ms, that an operation which was due, or an answer which had come, can have waited for the generator.";
const generator = object({
  planned: number(),
  recorded: number(),
  dispatched: number(),
  overflow: number(),
  lagP50Ms: number(),
  lagP99Ms: number(),
  lagMaxMs: number(),
  unsettled: z.int().min(0).describe("Calls of perform that had still not settled a second after the load was over."),
  tainted: z.array(
    object({
      fromMs: number(),
      toMs: number(),
      reason: text(),
      lagMaxMs: number().describe(waited).exactOptional(),
    }),
  ),
  standstills: z
    .array(interval)
    .describe("When the generator did not run for a fifth of a second and more.")
    .exactOptional(),
});

const topology = object({
  components: z.array(object({ name: text(), kind: text(), instances: texts() })),
  links: z.array(object({ from: text(), to: text() })),
});

const cause = object({ code: causeCode, text: text(), remedy: text() }).describe(
  "Of an inconclusive run: the one cause that explains the others, and its remedy.",
);

export const runRecordSchema = object({
  schemaVersion: z.literal(runSchemaVersion),
  faultline: text().describe("The version of Faultline that wrote this."),
  id: text(),
  status: z.enum(statuses),
  verdict,
  passed: z.enum(ways).exactOptional(),
  sentence: text(),
  reasons: texts(),
  cause: cause.exactOptional(),
  course: object({ isComplete: z.boolean(), reasons: texts() }).describe("How the run went, whatever the checks say."),
  repeat: object({ index: z.int().min(1), of: z.int().min(1) })
    .describe("Which of several runs of one plan this is.")
    .exactOptional(),
  scenario: object({
    id: text(),
    file: text().describe("Where it is stated, from the working folder of the run."),
    name: text(),
    expects: text(),
    tags: texts(),
    variant: text().describe("Which of the scenario's variants this is, where it has some.").exactOptional(),
  }),
  system: object({ name: text(), variant: text().exactOptional(), topology }),
  seed: text(),
  environment: text(),
  startedAt: text().describe("ISO 8601, UTC"),
  endedAt: text().exactOptional(),
  plan,
  phases: object({
    warmUp: interval.exactOptional(),
    steady: interval.exactOptional(),
    faults: interval.exactOptional(),
    recovery: interval.exactOptional(),
  }),
  checks: z.array(check),
  generator: generator.exactOptional(),
  versions: z.record(z.string(), text()),
  host: object({
    platform: text(),
    cores: number(),
    memoryMb: number(),
    node: text(),
    load: object({ atStart: number(), atEnd: number().exactOptional() }).exactOptional(),
  }),
  commit: text().exactOptional(),
  replay: text(),
});

/** As other programs read it: JSON Schema, draft 7. */
export function runJsonSchema(): object {
  const { definitions, ...schema } = z.toJSONSchema(runRecordSchema, { target: "draft-07", unrepresentable: "any" });
  const all = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Faultline run.json",
    description:
      "The authority on one run. Times are milliseconds on the run's monotonic clock unless they say otherwise.",
    ...schema,
    $defs: definitions,
  };
  return JSON.parse(JSON.stringify(all).replaceAll('"#/definitions/', '"#/$defs/')) as object;
}
