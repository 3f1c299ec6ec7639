import { relative } from "../model/quantities.ts";
import type { RunRecord } from "../model/run.ts";
import type { CheckResult } from "../model/verdict.ts";
import { type Html, html } from "./html.ts";
import { isOnlyInterrupted, otherReasons } from "./words.ts";

/** A scenario that was not run, and why. */
export interface NotRun {
  readonly scenario: string;
  readonly why: readonly string[];
}

/**
 * Runs as JUnit XML, which every CI reads: a suite for each run, a case for each check and one for the run itself. A
 * `failure` is a law that was broken; an `error` is whatever leaves a verdict undecided, which is never green.
 * @returns a document that each version of Jenkins' schema accepts: the first of them, `junit-4.xsd`, is the strictest
 */
export function junit(records: readonly RunRecord[], notRun: readonly NotRun[] = []): string {
  const suites = [...records.map(suiteOf), ...notRun.map(suiteOfNotRun)];
  const sum = (of: (suite: Suite) => number): number => suites.reduce((total, suite) => total + of(suite), 0);
  return html`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="faultline" tests="${sum(({ cases }) => cases.length)}" failures="${sum(({ failures }) => failures)}" errors="${sum(({ errors }) => errors)}">
${suites.map(
  ({
    name,
    cases,
    failures,
    errors,
    skipped,
    seconds,
    timestamp,
  }) => html`<testsuite name="${name}" tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="${seconds.toFixed(3)}" timestamp="${timestamp}">
${cases}</testsuite>
`,
)}</testsuites>
`.toString();
}

interface Suite {
  readonly name: string;
  readonly cases: readonly Html[];
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
  readonly seconds: number;
  /** Local time without a zone, as the schema wants it; ours is UTC. */
  readonly timestamp: string;
}

function suiteOf(record: RunRecord): Suite {
  const { scenario, checks, reasons, cause, verdict, startedAt, endedAt, repeat } = record;
  const seconds = endedAt === undefined ? 0 : (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  const undecided = checks.filter((check) => check.verdict === "inconclusive").length;
  // A check that is undecided tells it in its own case.
  const isOwnError = verdict === "inconclusive" && (reasons.length > 0 || undecided === 0);
  const runError =
    isOwnError &&
    problem("error", isOnlyInterrupted(record) ? "interrupted" : "inconclusive", messageOf(record), [
      ...(cause === undefined ? [] : [`remedy: ${cause.remedy}`]),
      ...otherReasons(record),
      `replay: ${record.replay}`,
    ]);
  return {
    name: repeat === undefined ? nameOf(scenario) : `${nameOf(scenario)} ${repeat.index} of ${repeat.of}`,
    cases: [
      caseOf(nameOf(scenario), scenario.name, seconds, runError),
      ...checks.map((check) => caseOfCheck(record, check)),
    ],
    failures: checks.filter((check) => check.verdict === "fail").length,
    errors: undecided + Number(isOwnError),
    skipped: 0,
    seconds,
    timestamp: startedAt.replace(/(\.\d+)?Z$/, ""),
  };
}

/** The cause; of a run that an earlier version judged, the first reason. */
const messageOf = ({ cause, reasons }: RunRecord): string =>
  cause?.text ?? reasons[0] ?? "the run did not come to its end";

function suiteOfNotRun({ scenario, why }: NotRun): Suite {
  const skipped = html`<skipped>${why.join(" ")}</skipped>`;
  const cases = [caseOf(scenario, scenario, 0, skipped)];
  return { name: scenario, cases, failures: 0, errors: 0, skipped: 1, seconds: 0, timestamp: "1970-01-01T00:00:00" };
}

function caseOfCheck({ scenario, replay }: RunRecord, check: CheckResult): Html {
  if (check.verdict === "pass") return caseOf(nameOf(scenario), check.title, 0);
  const lines = [
    `law: ${check.law}`,
    `expected: ${check.expected}`,
    `actual: ${check.actual}`,
    ...check.witness.map(
      ({ fromFaultMs, operation, outcome, session, key, note }) =>
        `${relative(fromFaultMs)} ${operation} ${outcome} (session ${session}, key ${key}): ${note}`,
    ),
    ...(check.remedy === undefined ? [] : [`remedy: ${check.remedy}`]),
    `replay: ${replay}`,
  ];
  const element = check.verdict === "fail" ? "failure" : "error";
  return caseOf(
    nameOf(scenario),
    check.title,
    0,
    problem(element, check.name, `${check.title}: ${check.actual}`, lines),
  );
}

/** Of each of its variants a name of its own: what CI knows a test by. */
const nameOf = ({ id, variant }: RunRecord["scenario"]): string => (variant === undefined ? id : `${id} (${variant})`);

const caseOf = (scenario: string, name: string, seconds: number, content: Html | false = false): Html =>
  html`<testcase classname="faultline.${scenario}" name="${name}" time="${seconds.toFixed(3)}">${content}</testcase>
`;

/** The message stands in the body, too: some readers show the one, some the other. */
function problem(element: "failure" | "error", type: string, message: string, lines: readonly string[]): Html {
  const body = [message, ...lines].join("\n");
  return element === "failure"
    ? html`<failure type="${type}" message="${message}">${body}</failure>`
    : html`<error type="${type}" message="${message}">${body}</error>`;
}
