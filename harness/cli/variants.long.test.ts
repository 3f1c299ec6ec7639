import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { VariantsCompared } from "../model/compare/variants.ts";
import type { RunRecord } from "../model/run.ts";
import { Faultline, scenarios, temporaryFolder } from "./testing/faultline.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const faultline = (...args: string[]): Faultline =>
  new Faultline([...args, "-o", folder.path], { output: folder.path });
const run = (...args: string[]): Faultline => faultline("run", "cut-store-variants", "--scenarios", scenarios, ...args);

test("each variant runs under the same plan, one page compares them, and each can be repeated by itself", async () => {
  const both = run("--seed", "7", "--json");
  expect(await both.ended(), both.stderr).toBe(0);
  const { runs, variants } = JSON.parse(both.stdout) as {
    runs: readonly (RunRecord & { folder: string })[];
    variants: readonly VariantsCompared[];
  };
  expect(runs.map(({ scenario, system }) => [scenario.variant, system.variant])).toEqual([
    ["plain", "plain"],
    ["remembering", "remembering"],
  ]);
  expect(new Set(runs.map(({ plan }) => JSON.stringify(plan))).size).toBe(1);

  expect(variants).toHaveLength(1);
  const [plain, remembering] = variants[0]!.variants;
  expect(plain).toMatchObject({ name: "plain", verdict: "pass", comparison: null });
  const okOf = (side: typeof plain): number => side!.operations.find(({ name }) => name === "look")!.okShare!;
  expect(okOf(remembering)).toBeGreaterThan(okOf(plain) + 0.2);
  expect(remembering!.comparison!.metrics.length).toBeGreaterThan(0);
  const page = readFileSync(join(folder.path, "variants-cut-store-variants.html"), "utf8");
  for (const { id } of runs) expect(page).toContain(`${id}/report.html`);
  expect(both.stderr).toMatch(/Variants {2}cut-store-variants, seed 7, one plan/);
  expect(both.leftRunning()).toEqual([]);

  expect(runs[1]!.replay).toMatch(/cut-store-variants\.ts --seed 7 --variant remembering$/);
  const again = faultline("replay", runs[1]!.folder, "--json");
  expect(await again.ended(), again.stderr).toBe(0);
  const replayed = JSON.parse(again.stdout) as { runs: readonly RunRecord[]; variants?: unknown };
  expect(replayed.runs.map(({ scenario }) => scenario.variant)).toEqual(["remembering"]);
  expect(replayed.variants).toBeUndefined();
});

test("a plan names its variant, and a name that no variant has is refused", async () => {
  const planned = run("--dry-run", "--variant", "remembering");
  expect(await planned.ended(), planned.stderr).toBe(0);
  expect(planned.stdout).toMatch(/^cut-store-variants \(remembering\) {2}seed/);
  expect(planned.stdout).not.toContain("(plain)");
  const unknown = run("--variant", "remembring");
  expect(await unknown.ended()).toBe(64);
  expect(unknown.stderr).toMatch(/UNKNOWN_VARIANT[\s\S]*"remembering"/);
  const none = faultline("run", "cut-store", "--scenarios", scenarios, "--variant", "plain");
  expect(await none.ended()).toBe(64);
  expect(none.stderr).toContain("none of them has variants");
});
