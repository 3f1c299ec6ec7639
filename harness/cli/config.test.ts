import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { applyConfig, latestRun, loadConfig } from "./config.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "faultline-config-"));
  vi.spyOn(process, "cwd").mockReturnValue(folder);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

let files = 0;
/** Each under a name of its own: a module is imported once. */
function written(text: string): string {
  mkdirSync(folder, { recursive: true });
  files += 1;
  const file = join(folder, `config-${files}.mjs`);
  writeFileSync(file, text);
  return file;
}
const problemsOf = (text: string): Promise<string> => loadConfig(written(text)).then(() => "no problem", String);

test("all that is wrong with a configuration is told at once, each with the field, the value and the remedy", async () => {
  const told = await problemsOf(
    `export default { scenario: "x", seed: 7, allowTargets: "staging", budgets: [{ name: "x" }], output: "" };`,
  );
  expect(told).toMatch(/config-\d+\.mjs: scenario: is unknown \[UNKNOWN_FIELD\]\n {2}Did you mean "scenarios"\?/);
  expect(told).toMatch(/seed: is 7 \[BAD_FIELD\]\n {2}Give a text, as seed: "7"\./);
  expect(told).toMatch(/allowTargets: is "staging" \[BAD_FIELD\]/);
  expect(told).toMatch(/budgets\[0\]: is \{ name: 'x' \} \[NOT_A_CHECK\]/);
  expect(told).toMatch(/output: is "" \[BAD_FIELD\]/);
});

test("a file that does not load, or has no configuration, is told with its line", async () => {
  expect(await problemsOf("export default { seed: '7' ")).toContain("[CONFIG_NOT_LOADED]");
  expect(await problemsOf("\nthrow new Error('not today');")).toMatch(
    /not today \[CONFIG_NOT_LOADED\]\n {2}At .*config-\d+\.mjs:2/,
  );
  expect(await problemsOf("export const seed = 7;")).toContain("[NOT_A_CONFIG]");
});

const mine = `{ name: "mine", parameters: {}, guards: "budget", title: "mine", law: "mine", judge() {} }`;

test("stands in for the defaults of a command, and a flag wins", async () => {
  const command = new Command("run")
    .option("--scenarios <folder>", "", "scenarios")
    .option("--env <name>", "", "local")
    .option("--seed <text>");
  await command.parseAsync(["--seed", "9"], { from: "user" });
  await applyConfig(command);
  expect(command.opts()).toMatchObject({ scenarios: "scenarios", seed: "9" });
  writeFileSync(
    join(folder, "faultline.config.mjs"),
    `export default { scenarios: "chaos", seed: "7", output: "elsewhere", budgets: [${mine}] };`,
  );
  await applyConfig(command);
  expect(command.opts()).toMatchObject({ scenarios: "chaos", env: "local", seed: "9", budgets: [{ name: "mine" }] });
  expect(command.opts()).not.toHaveProperty("output");
});

test("the latest run is in the folder that the configuration names, and a broken configuration hides nothing", async () => {
  expect(await latestRun()).toBe(join("reports", "latest"));
  writeFileSync(join(folder, "faultline.config.mjs"), `export default { output: "elsewhere" };`);
  expect(await latestRun()).toBe(join("elsewhere", "latest"));
  rmSync(join(folder, "faultline.config.mjs"));
  writeFileSync(join(folder, "faultline.config.js"), `export default {`);
  expect(await latestRun()).toBe(join("reports", "latest"));
});
