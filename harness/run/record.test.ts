import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { availability } from "../checks/availability.ts";
import { noLostWrites } from "../checks/no-lost-writes.ts";
import { noWrongAnswers } from "../checks/no-wrong-answers.ts";
import { causeCodes } from "../model/cause.ts";
import { historyOf, outcomeCode } from "../model/history.ts";
import type { RunRecord, StoredRun } from "../model/run.ts";
import { sampleRun } from "../report/testing/sample-run.ts";
import schema from "../store/run.schema.json" with { type: "json" };
import { judgedRecord } from "./record.ts";

const isValid = new Ajv({ allowUnionTypes: true }).compile(schema);
const checks = [availability({ atLeast: 0.9999 }), noLostWrites(), noWrongAnswers()];
const whole = sampleRun({ verdict: "fail" });
const withRecord = (changes: Partial<RunRecord>): StoredRun => ({ ...whole, record: { ...whole.record, ...changes } });
const interrupted = withRecord({
  status: "interrupted",
  course: { isComplete: false, reasons: ["run: interrupted by SIGINT"] },
});
const wrong = whole.history!.outcome.map((code, row) => (row === 1700 ? outcomeCode("wrong") : code));

test.each<[string, StoredRun, Partial<RunRecord>]>([
  ["whole", whole, { verdict: "fail" }],
  ["interrupted", interrupted, { verdict: "inconclusive", cause: expect.objectContaining({ code: "interrupted" }) }],
  [
    "interrupted after a wrong answer",
    { ...interrupted, history: { ...whole.history!, outcome: wrong } },
    { verdict: "fail" },
  ],
  ["without its history", { ...whole, history: historyOf(0) }, { verdict: "inconclusive" }],
])(
  "a run that is %s comes to the same however often it is judged, and its record to its schema",
  (_what, run, told) => {
    const judged = judgedRecord(run, checks);
    expect(judged).toMatchObject(told);
    expect(judgedRecord({ ...run, record: judged }, checks)).toEqual(judged);
    const { record } = run;
    // What an earlier version wrote of it has no say.
    const { cause: _, ...old } = { ...judged, sentence: "?", reasons: ["?"], verdict: "pass" as const, checks: [] };
    expect(judgedRecord({ ...run, record: old }, checks)).toEqual(judged);
    expect(isValid(judged), JSON.stringify(isValid.errors)).toBe(true);
    expect(judged.verdict === "inconclusive").toBe(judged.cause !== undefined);
    expect(judged.status).toBe(record.status);
  },
);

test("the load of the host is part of the cause", () => {
  const phases = Object.values(whole.record.phases);
  const tainted = phases.map(({ fromMs, toMs }) => ({ fromMs, toMs, reason: "lag up to 776 ms" }));
  const run = withRecord({
    generator: { ...whole.record.generator!, lagMaxMs: 776, tainted },
    host: { ...whole.record.host, cores: 2, load: { atStart: 13, atEnd: 2 } },
  });
  expect(judgedRecord(run, checks).cause?.text).toBe(
    "the host was overloaded (load 13 on 2 cores, requests up to 776 ms late)",
  );
});

test("the schema knows every cause, and no other", () => {
  expect(schema.$defs.causeCode.enum).toEqual(causeCodes);
  const judged = judgedRecord(interrupted, checks);
  expect(isValid({ ...judged, cause: { ...judged.cause, code: "bored" } })).toBe(false);
});
