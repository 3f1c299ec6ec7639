import type { Check } from "../model/check.ts";
import { exits, FaultlineError, Interrupted, worstExit } from "../model/errors.ts";
import { storedEvidence } from "../model/evidence.ts";
import type { Plan } from "../model/plan.ts";
import { type RunRecord, runSchemaVersion, type StoredRun } from "../model/run.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Verdict } from "../model/verdict.ts";
import { describeCommit, describeHost, describeHostAtEnd, topologyOf } from "./host.ts";
import type { RunResult } from "./run-options.ts";
import { sentenceFor } from "./sentence.ts";
import { judgeRun } from "./verdict.ts";

/** The record of a run that has not begun: what a run that dies at once leaves. */
export async function openingRecord(options: {
  runId: string;
  scenario: Scenario;
  /** Where the scenario is stated. */
  file: string;
  variant?: string;
  repeat?: RunRecord["repeat"];
  plan: Plan;
  environment: string;
  faultlineVersion: string;
  replay: string;
}): Promise<RunRecord> {
  const { runId, scenario, file, variant, repeat, plan, environment, faultlineVersion, replay } = options;
  const { system } = scenario;
  const commit = await describeCommit();
  return {
    schemaVersion: runSchemaVersion,
    faultline: faultlineVersion,
    id: runId,
    status: "running",
    verdict: "inconclusive",
    sentence: "The run has not come to its end.",
    reasons: ["the run has not come to its end"],
    course: { isComplete: false, reasons: [] },
    ...(repeat === undefined ? {} : { repeat }),
    scenario: {
      id: plan.scenario,
      file,
      name: scenario.name,
      expects: scenario.expects,
      tags: scenario.tags ?? [],
      ...(variant === undefined ? {} : { variant }),
    },
    system: {
      name: system.name,
      topology: topologyOf(system),
      ...(system.variant === undefined ? {} : { variant: system.variant }),
    },
    seed: plan.seed,
    environment,
    startedAt: new Date().toISOString(),
    plan,
    phases: {},
    checks: [],
    versions: {},
    host: describeHost(),
    replay,
    ...(commit === undefined ? {} : { commit }),
  };
}

/** The record of a run that has ended, in whatever way, and that nobody has judged yet. */
export function endedRecord(opening: RunRecord, result: RunResult): RunRecord {
  const { error, reasons, leftBroken, phases, generator, versions } = result;
  return {
    ...opening,
    status: statusOf(error),
    course: { isComplete: error === undefined, reasons: [...reasons, ...leftBroken] },
    endedAt: new Date().toISOString(),
    phases,
    versions,
    host: describeHostAtEnd(opening.host),
    ...(generator === undefined ? {} : { generator }),
  };
}

/**
 * The record of a stored run with the verdicts of these checks. Nothing but what is in the run folder has a say in them,
 * so that the run, when it ends, and `faultline check` come to the same.
 */
export function judgedRecord(run: StoredRun, checks: readonly Check[]): RunRecord {
  const { passed: _, cause: __, ...record } = run.record;
  const evidence = storedEvidence(run);
  const judged = judgeRun(evidence, checks, { ...record.course, status: record.status, host: record.host });
  return {
    ...record,
    verdict: judged.verdict,
    ...(judged.passed === undefined ? {} : { passed: judged.passed }),
    sentence: sentenceFor(judged, evidence),
    reasons: judged.reasons,
    ...(judged.cause === undefined ? {} : { cause: judged.cause }),
    checks: judged.checks,
  };
}

function statusOf(error: unknown): RunRecord["status"] {
  if (error === undefined) return "complete";
  return error instanceof Interrupted ? "interrupted" : "failed";
}

export const exitOfVerdict: Readonly<Record<Verdict, number>> = {
  pass: exits.pass,
  fail: exits.fail,
  inconclusive: exits.inconclusive,
};

/** What the process tells its caller about a run. */
export function exitOf(record: RunRecord, result: RunResult): number {
  const { error, leftBroken } = result;
  const codes = [exitOfVerdict[record.verdict]];
  if (leftBroken.length > 0) codes.push(exits.leftBroken);
  if (error !== undefined) codes.push(error instanceof FaultlineError ? error.exit : exits.bug);
  return worstExit(codes);
}
