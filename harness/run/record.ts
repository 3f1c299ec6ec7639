import { exits, FaultlineError, Interrupted, worstExit } from "../model/errors.ts";
import type { Plan } from "../model/plan.ts";
import { type RunRecord, runSchemaVersion } from "../model/run.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Verdict } from "../model/verdict.ts";
import { describeCommit, describeHost, topologyOf } from "./host.ts";
import type { RunResult } from "./run.ts";
import { sentenceFor } from "./sentence.ts";
import { judgeRun } from "./verdict.ts";

/** The record of a run that has not begun: what a run that dies at once leaves. */
export async function openingRecord(options: {
  runId: string;
  scenario: Scenario;
  plan: Plan;
  environment: string;
  faultlineVersion: string;
  replay: string;
}): Promise<RunRecord> {
  const { runId, scenario, plan, environment, faultlineVersion, replay } = options;
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
    scenario: { id: plan.scenario, name: scenario.name, expects: scenario.expects, tags: scenario.tags ?? [] },
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

/** The record of a run that has ended, in whatever way. */
export function closingRecord(opening: RunRecord, result: RunResult, scenario: Scenario): RunRecord {
  const { evidence, error } = result;
  const judged = judgeRun(evidence, scenario.checks, {
    isComplete: error === undefined,
    reasons: [...result.reasons, ...result.leftBroken],
  });
  const { verdict, passed, checks, reasons } = judged;
  return {
    ...opening,
    status: statusOf(error),
    verdict,
    ...(passed === undefined ? {} : { passed }),
    sentence: sentenceFor(judged, evidence),
    reasons,
    endedAt: new Date().toISOString(),
    phases: evidence.phases,
    checks,
    generator: evidence.generator,
    versions: result.versions,
  };
}

function statusOf(error: unknown): RunRecord["status"] {
  if (error === undefined) return "complete";
  return error instanceof Interrupted ? "interrupted" : "failed";
}

const exitOfVerdict: Readonly<Record<Verdict, number>> = {
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
