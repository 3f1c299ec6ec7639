// `npm run demo`: sets everything up, then breaks the reference system twice under the same seed: as it is, and with
// one seeded bug. The first must pass and the second must fail, or the demo has failed.
import { relative } from "node:path";
import { runWithOwnNode, script, setUpRepository } from "./repository.mjs";
import { seconds } from "./setup.mjs";

const scenario = "cache-partition";
const seed = "7";
const mutant = "lost-del";

/**
 * @typedef {{ verdict: string, sentence: string, report: string, folder: string,
 *   checks: readonly { title: string, verdict: string, actual: string }[] }} Run
 * @param {string} title
 * @param {string} bug the seeded bug, empty for none
 * @returns {Promise<{ run: Run | undefined, code: number, tookMs: number }>}
 */
async function breakIt(title, bug) {
  process.stdout.write(`\n${title}\n`);
  const began = performance.now();
  const args = ["harness/bin.mjs", "run", scenario, "--seed", seed, "--json"];
  const { code, stdout } = await runWithOwnNode(args, { environment: { MUTANT: bug }, captureOutput: true });
  return { run: firstRun(stdout), code, tookMs: performance.now() - began };
}

/** @param {string} stdout @returns {Run | undefined} */
function firstRun(stdout) {
  try {
    return JSON.parse(stdout).runs?.[0];
  } catch {
    return undefined;
  }
}

/** @param {Run} correct @param {Run} broken */
function difference(correct, broken) {
  const check = broken.checks.find((one) => one.verdict === "fail");
  const twin = correct.checks.find((one) => one.title === check?.title);
  return [
    `Under the same seed, load and fault the correct system held “${check?.title}” (${twin?.actual}).`,
    `With the bug ${mutant} it did not: ${check?.actual}.`,
  ];
}

await script(async () => {
  const began = performance.now();
  const setup = await setUpRepository();
  const correct = await breakIt("run 1: the correct reference system", "");
  if (correct.code >= 128) return correct.code;
  const broken = await breakIt(`run 2: the same system with the seeded bug ${mutant}`, mutant);
  if (broken.code >= 128) return broken.code;
  const isAsItShould = correct.run?.verdict === "pass" && broken.run?.verdict === "fail";
  /** @param {string} path */
  const shown = (path) => relative(process.cwd(), path) || ".";
  const lines = [
    "",
    `run 1, correct system:  ${correct.run?.verdict ?? `no verdict (exit ${correct.code})`}  (should be pass)`,
    `run 2, ${mutant}:        ${broken.run?.verdict ?? `no verdict (exit ${broken.code})`}  (should be fail)`,
    "",
    ...(correct.run && broken.run && isAsItShould ? difference(correct.run, broken.run) : []),
    "",
    `report of run 1: ${correct.run ? shown(correct.run.report) : "none"}`,
    `report of run 2: ${broken.run ? shown(broken.run.report) : "none"}  (also reports/latest/report.html)`,
    "",
    `took: set-up ${seconds(setup.tookMs)}, run 1 ${seconds(correct.tookMs)}, run 2 ${seconds(broken.tookMs)}, all ${seconds(performance.now() - began)}`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  if (!isAsItShould) process.stdout.write("\nThe demo FAILED: a verdict is not as it should be.\n");
  if (correct.code === 3 || broken.code === 3) return 3;
  return isAsItShould ? 0 : 1;
});
