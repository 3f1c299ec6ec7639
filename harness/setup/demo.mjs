// `npm run demo`: sets everything up, then breaks the reference system twice under the same seed: as it is, and with
// one seeded bug. The first must pass and the second must fail, or the demo has failed. The failing run comes last, so
// that reports/latest is the report with something to see. A run that could not tell, on a machine that stood still, is
// neither: it is made again, said so, and three of them have failed.
import { relative } from "node:path";
import { runWithOwnNode } from "./own-node.mjs";
import { seconds } from "./progress.mjs";
import { script, setUpRepository } from "./repository.mjs";

const scenario = "cache-partition";
const seed = "7";
const mutant = "lost-del";
const attemptsAtMost = 3;

/**
 * One run, as far as the command line has told of it.
 * @typedef {{ verdict?: string, sentence?: string, report?: string,
 *   checks?: readonly { title?: string, name?: string, verdict?: string, actual?: string }[] }} Run
 */

/**
 * The first run that could tell, or the last of those that could not.
 * @param {{ root: string, node: string }} repository
 * @param {string} title
 * @param {string} bug the seeded bug, empty for none
 * @returns {Promise<{ run: Run, code: number, tookMs: number, attempts: number }>}
 */
async function breakItUntilTold(repository, title, bug) {
  const began = performance.now();
  for (let attempts = 1; ; attempts += 1) {
    const again = attempts === 1 ? "" : `, once more: what it was could not be told (${attempts} of ${attemptsAtMost})`;
    const { run, code } = await breakIt(repository, `${title}${again}`, bug);
    if (run.verdict !== "inconclusive" || code >= 128 || attempts === attemptsAtMost)
      return { run, code, tookMs: performance.now() - began, attempts };
  }
}

/**
 * @param {{ root: string, node: string }} repository
 * @param {string} title
 * @param {string} bug the seeded bug, empty for none
 * @returns {Promise<{ run: Run, code: number }>}
 */
async function breakIt(repository, title, bug) {
  process.stdout.write(`\n${title}\n`);
  const args = ["harness/bin.mjs", "run", scenario, "--seed", seed, "--json"];
  const { code, stdout } = await runWithOwnNode(repository, args, {
    environment: { MUTANT: bug },
    captureOutput: true,
  });
  return { run: firstRun(stdout), code };
}

/** @param {string} stdout @returns {Run} empty when that was not the document of a run */
function firstRun(stdout) {
  try {
    return JSON.parse(stdout).runs?.[0] ?? {};
  } catch {
    return {};
  }
}

/** What the failing check saw in each run. @param {Run} correct @param {Run} broken @returns {string[]} */
function difference(correct, broken) {
  const check = broken.checks?.find((one) => one.verdict === "fail");
  const name = check?.title ?? check?.name;
  const twin = correct.checks?.find((one) => (one.title ?? one.name) === name);
  if (check === undefined || twin === undefined) return [];
  return [
    `Under the same seed, load and fault the correct system held “${name}” (${twin.actual}).`,
    `With the bug ${mutant} it did not: ${check.actual}.`,
  ];
}

/** A run that went as it should needs no words. @param {string} title @param {string} expected @param {{ run: Run, code: number }} outcome */
function complaint(title, expected, { run, code }) {
  if (run.verdict === expected) return [];
  const got = run.verdict === undefined ? `no verdict: it ended with exit ${code}` : `${run.verdict}: ${run.sentence}`;
  return [`${title} should be ${expected}, and is ${got}`];
}

/** @param {Run} run */
const reportOf = (run) => (run.report === undefined ? "none" : relative(process.cwd(), run.report));

await script(async () => {
  const began = performance.now();
  const repository = await setUpRepository();
  const correct = await breakItUntilTold(repository, "run 1: the correct reference system", "");
  if (correct.code >= 128) return correct.code;
  const broken = await breakItUntilTold(repository, `run 2: the same system with the seeded bug ${mutant}`, mutant);
  if (broken.code >= 128) return broken.code;
  /** @param {{ attempts: number }} outcome */
  const said = ({ attempts }) => (attempts === 1 ? "" : `, told by attempt ${attempts}`);
  const complaints = [...complaint("run 1", "pass", correct), ...complaint("run 2", "fail", broken)];
  const took = [repository.tookMs, correct.tookMs, broken.tookMs, performance.now() - began].map(seconds);
  const lines = [
    "",
    `run 1, correct system: ${correct.run.verdict ?? "–"}  (should be pass${said(correct)})`,
    `run 2, ${mutant}: ${broken.run.verdict ?? "–"}  (should be fail${said(broken)})`,
    "",
    ...(complaints.length === 0 ? difference(correct.run, broken.run) : []),
    "",
    `report of run 1: ${reportOf(correct.run)}`,
    `report of run 2: ${reportOf(broken.run)}  (also reports/latest/report.html)`,
    "",
    `took: set-up ${took[0]}, run 1 ${took[1]}, run 2 ${took[2]}, all ${took[3]}`,
    ...complaints.map((one) => `\nThe demo FAILED: ${one}`),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  // Something left broken, a bug of ours, a system that did not start: worse than an unexpected verdict.
  const worse = [4, 70, 3].find((code) => code === correct.code || code === broken.code);
  return worse ?? (complaints.length === 0 ? 0 : 1);
});
