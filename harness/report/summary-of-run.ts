import { storedEvidence } from "../model/evidence.ts";
import { coverageOf } from "../model/measure/coverage.ts";
import { figuresOf } from "../model/measure/figures.ts";
import { harmOf } from "../model/measure/harm.ts";
import { recoveryWordOf } from "../model/measure/recovery.ts";
import type { StoredRun, Topology } from "../model/run.ts";
import { type RunSummary, runSummaryVersion } from "../model/run-summary.ts";
import type { CheckResult } from "../model/verdict.ts";
import { operationTables } from "./operations.ts";
import { pictureOf } from "./topology.ts";
import { neverInjected } from "./windows.ts";

/** What an overview of many runs needs of this one. */
export function summaryOfRun(run: StoredRun): RunSummary {
  const { record, history } = run;
  const { system, scenario } = record;
  const evidence = history === undefined || history.count === 0 ? undefined : storedEvidence(run);
  const figures = evidence === undefined ? undefined : figuresOf(evidence);
  const [all] = history === undefined ? [] : operationTables(history, record.plan);
  const { nodes, edges } = pictureOf(system.topology, []);
  const unplaced = record.checks.filter(isUnplaced).map(({ title }) => title);
  const never = neverInjected(run);
  const injected = record.plan.schedule.filter((injection) => !never.includes(injection));
  const kinds = new Map(record.plan.schedule.map((injection) => [injection.id, injection]));
  return {
    version: runSummaryVersion,
    id: record.id,
    scenario: scenario.id,
    name: scenario.name,
    system: system.name,
    ...(system.variant === undefined ? {} : { variant: system.variant }),
    seed: record.seed,
    startedAt: record.startedAt,
    status: record.status,
    verdict: record.verdict,
    ...(record.passed === undefined ? {} : { passed: record.passed }),
    sentence: record.sentence,
    p99Ms: all?.phases.find(({ phase }) => phase === "faults")?.p99 ?? null,
    recoveryMs: figures?.recovery?.fromHealMs ?? null,
    recovery: recoveryWordOf(figures?.recovery),
    harm: Object.fromEntries(harmOf(record.checks).map(({ name, count }) => [name, count])) as RunSummary["harm"] & {},
    targets: [...nodes.slice(1).map(({ name }) => name), ...edges.map(({ from, to }) => `${from}->${to}`)],
    struck: [...new Set(injected.map(({ target }) => placeOf(target, system.topology)))],
    ...(unplaced.length === 0 ? {} : { unplaced }),
    coverage: (evidence === undefined ? [] : coverageOf(evidence, record.checks)).map(
      ({ injection, operation, word }) => {
        const { target = "", kind = "" } = kinds.get(injection) ?? {};
        return { target: placeOf(target, system.topology), kind, operation, word };
      },
    ),
  };
}

const isUnplaced = ({ verdict, witness }: CheckResult): boolean =>
  verdict === "fail" && !witness.some(({ violates }) => violates);

/** `api-1->cache` and `api->cache` are one place of the map: instances are alike. */
function placeOf(target: string, { components }: Topology): string {
  const componentOf = (end: string): string => components.find(({ instances }) => instances.includes(end))?.name ?? end;
  return target.split("->").map(componentOf).join("->");
}
