import { test } from "vitest";
import type { z } from "zod";
import type { AttachedHttp, AttachedPostgres, AttachedRedis } from "../model/attached.ts";
import type { Check } from "../model/check.ts";
import type { Config } from "../model/config.ts";
import type { FaultSpec, Injection } from "../model/fault.ts";
import type { MetricsDefinition } from "../model/marks.ts";
import type { AcceptedMilestone, CommitsMilestone } from "../model/milestone.ts";
import type { RunRecord } from "../model/run.ts";
import type { Audit, PhaseLengths, Scenario } from "../model/scenario.ts";
import type {
  Attachment,
  ComponentDefinition,
  ContainerSettings,
  LinkDefinition,
  OpenSearchSettings,
  PostgresSettings,
  ProxyReference,
  RedisSettings,
  ServiceSettings,
  System,
} from "../model/system.ts";
import type { Duration } from "../model/units.ts";
import type { AsyncOperation, HttpOperation, Judgement, Workload } from "../model/workload.ts";
import type { checkSchema } from "./check.ts";
import type { configSchema } from "./config.ts";
import type { judgementOf } from "./judgement.ts";
import type { milestoneSchemas } from "./milestone.ts";
import type { runRecordSchema } from "./run-record.ts";
import type { injectionSchema, phasesSchema, scenarioSchema } from "./scenario.ts";
import type {
  attachedSettings,
  attachmentSchema,
  componentSchema,
  linkSchema,
  metricsSchema,
  startedSettings,
  systemSchema,
} from "./system.ts";
import type { workloadSchema } from "./workload.ts";

// The types that people write against have their docstrings, and so are stated beside the schemas. This file does not
// compile where one of them has a field that the other lacks, may be left out in one only, or is something else.

/** A type by its fields: what a function takes, and whether a list may be changed, a schema does not know. */
type Plain<T> = T extends Duration
  ? "a duration"
  : T extends (...given: never[]) => unknown
    ? "a function"
    : T extends readonly (infer Item)[]
      ? readonly Plain<Item>[]
      : T extends object
        ? { readonly [Field in keyof T]: Plain<Exclude<T[Field], undefined>> }
        : T;

type IsSame<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : "the schema and the type differ";
/** With the same fields and values. */
type Same<Schema extends z.ZodType, Type> = IsSame<Plain<z.output<Schema>>, Plain<Type>>;
/** With the same fields, of which those that are named have schemas of their own, or rules that know more. */
type SameBut<Schema extends z.ZodType, Type, Fields extends keyof z.output<Schema> & keyof Type> =
  IsSame<keyof z.output<Schema>, keyof Type> extends true
    ? IsSame<Plain<Omit<z.output<Schema>, Fields>>, Plain<Omit<Type, Fields>>>
    : "a field is missing";
type MayBeLeftOut<T> = { [Field in keyof T]-?: object extends Pick<T, Field> ? Field : never }[keyof T];
/** The same fields, of which the same may be left out. */
type SameFields<A, B> = [IsSame<keyof A, keyof B>, IsSame<MayBeLeftOut<A>, MayBeLeftOut<B>>] extends [true, true]
  ? true
  : "a field is missing";
/** What a factory takes besides is no setting. */
type Settings<Schema extends z.ZodType, Besides extends keyof z.output<Schema>> = z.ZodType<
  Omit<z.output<Schema>, Besides>
>;
type Started = typeof startedSettings;
type Running = typeof attachedSettings;
/** A schedule never has any. */
type WithoutProblems<T extends RunRecord> = Omit<T, "plan"> & {
  readonly plan: Omit<T["plan"], "schedule"> & {
    readonly schedule: readonly Omit<T["plan"]["schedule"][number], "problems">[];
  };
};
type Operation = z.output<typeof workloadSchema>["operations"][string];

true satisfies SameBut<typeof workloadSchema, Workload, "operations">;
true satisfies IsSame<Plain<Extract<Operation, { request: unknown }>>, Plain<Omit<HttpOperation, "perform">>>;
true satisfies IsSame<
  Plain<Extract<Operation, { perform: unknown }>>,
  Plain<Omit<AsyncOperation, "request" | "judge">>
>;
true satisfies Same<ReturnType<typeof judgementOf>, Judgement>;

true satisfies Same<typeof phasesSchema, PhaseLengths>;
true satisfies SameBut<
  typeof scenarioSchema,
  Scenario,
  "system" | "variants" | "workload" | "phases" | "faults" | "checks"
>;
true satisfies IsSame<keyof Exclude<z.output<typeof scenarioSchema>["audit"], undefined>, keyof Audit>;
true satisfies SameBut<typeof injectionSchema, Injection, "after" | "inject" | "problems">;
true satisfies SameFields<z.output<typeof injectionSchema>["inject"], FaultSpec>;
true satisfies Same<typeof milestoneSchemas.accepted, AcceptedMilestone>;
true satisfies Same<typeof milestoneSchemas.commits, CommitsMilestone>;

true satisfies SameBut<typeof systemSchema, System, "components" | "names">;
true satisfies SameBut<typeof componentSchema, ComponentDefinition, "links" | "otherwiseIn" | "attached" | "settings">;
true satisfies SameBut<typeof linkSchema, LinkDefinition, "through">;
true satisfies IsSame<keyof Exclude<z.output<typeof linkSchema>["through"], undefined>, keyof ProxyReference>;
true satisfies IsSame<keyof z.output<typeof attachmentSchema>, keyof Attachment>;
true satisfies Same<typeof metricsSchema, MetricsDefinition>;
true satisfies Same<Settings<Started["service"], "links" | "instances" | "port" | "metrics">, ServiceSettings>;
true satisfies Same<Settings<Started["container"], "links" | "instances" | "metrics">, ContainerSettings>;
true satisfies Same<Settings<Started["postgres"], "links" | "instances" | "port" | "metrics">, PostgresSettings>;
true satisfies Same<Settings<Started["redis"], "links" | "instances" | "port" | "metrics">, RedisSettings>;
true satisfies Same<Settings<Started["opensearch"], "links" | "instances" | "port" | "metrics">, OpenSearchSettings>;
true satisfies Same<Running["http"], Omit<AttachedHttp, "kind" | keyof Attachment>>;
true satisfies Same<Running["redis"], Omit<AttachedRedis, "kind" | keyof Attachment>>;
true satisfies Same<Running["postgres"], Omit<AttachedPostgres, "kind" | keyof Attachment>>;

true satisfies SameBut<typeof configSchema, Config, "budgets">;
true satisfies SameBut<typeof checkSchema, Check, "parameters" | "problems">;

true satisfies IsSame<Plain<WithoutProblems<RunRecord>>, Plain<z.output<typeof runRecordSchema>>>;

test("the schemas and the types that people write against are the same", () => {
  // Found by the compiler.
});
