import { basename, dirname } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { sampleRun } from "../report/testing/sample-run.ts";
import { chosenReporters, tell } from "./ci-outputs.ts";
import { openOutput } from "./output.ts";
import type { Finished } from "./run-one.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** What GitHub reads of a run that failed. */
function annotated(): string {
  const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const { record } = sampleRun({ verdict: "fail" });
  const finished: Finished = { record, exit: 1, folder: "reports/it", report: "reports/it/report.html" };
  const output = openOutput({ quiet: true });
  tell(chosenReporters(["github"]), { finished: [finished], skipped: [], into: "reports" }, output);
  output.say("a word");
  return written.mock.calls.map(([text]) => String(text)).join("");
}

test("GitHub is told also where nothing is said, and where in the repository the scenario is", () => {
  vi.stubEnv("GITHUB_STEP_SUMMARY", undefined);
  vi.stubEnv("GITHUB_WORKSPACE", process.cwd());
  expect(annotated()).toMatch(/^::error file=scenarios\/cache-partition\.ts,.*\n$/);
  vi.restoreAllMocks();
  vi.stubEnv("GITHUB_WORKSPACE", dirname(process.cwd()));
  expect(annotated()).toContain(`::error file=${basename(process.cwd())}/scenarios/cache-partition.ts,`);
  vi.restoreAllMocks();
  // A project that lies elsewhere has no place in the repository.
  vi.stubEnv("GITHUB_WORKSPACE", `${process.cwd()}/elsewhere`);
  expect(annotated()).toContain("::error file=scenarios/cache-partition.ts,");
});
