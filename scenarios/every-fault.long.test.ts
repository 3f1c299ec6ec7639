import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { environmentNamed } from "../harness/cli/environments.ts";
import { Faultline, temporaryFolder } from "../harness/cli/testing/faultline.ts";
import { faultKinds } from "../harness/faults/index.ts";
import type { RunRecord } from "../harness/model/run.ts";

const { capabilities, lacks } = environmentNamed("local").facts;

/** Needs a library that not every machine has, so that it has a scenario of its own. */
const apart = { "clock-jump": ["clockSkew"] } as const;

// It takes two minutes by itself.
const timeout = 300_000;

test("every kind of fault strikes the reference system, is proven and healed, and leaves nothing changed", {
  timeout,
}, async () => {
  const struck = await kindsOf("every-fault");
  const elsewhere: readonly string[] = Object.values(apart).flat();
  const all = faultKinds.filter(({ kind, needs }) => capabilities.includes(needs) && !elsewhere.includes(kind));
  expect(struck.toSorted()).toEqual(all.map(({ kind }) => kind).toSorted());
});

test.skipIf(lacks.clock !== undefined)(`so does the one with a clock ${lacks.clock ?? ""}`, async () => {
  expect(await kindsOf("clock-jump")).toEqual(apart["clock-jump"]);
});

/** Runs a scenario, and holds it to its receipts. @returns the kinds of its faults */
async function kindsOf(scenario: string): Promise<readonly string[]> {
  const folder = temporaryFolder();
  try {
    const faultline = new Faultline(["run", scenario, "--seed", "7", "-o", folder.path], { output: folder.path });
    // Exit 4 would be a difference between the configuration before and after.
    const exit = await faultline.ended();
    // Said also where it is asked again and passes then.
    if (exit !== 0) console.log(faultline.stderr);
    expect(exit, faultline.stderr).toBe(0);
    const { plan }: RunRecord = JSON.parse(readFileSync(join(faultline.runFolder, "run.json"), "utf8"));
    const receipts = faultline.events().flatMap((event) => (event.type === "receipt" ? [event.receipt] : []));
    expect(receipts).toHaveLength(plan.schedule.flatMap(({ acts }) => acts).length);
    for (const { error, provenMs, healProvenMs, on } of receipts) {
      expect(error, on).toBeUndefined();
      expect(provenMs, on).toBeGreaterThan(0);
      expect(healProvenMs, on).toBeGreaterThan(provenMs!);
    }
    expect(faultline.leftRunning()).toEqual([]);
    return plan.schedule.map(({ kind }) => kind);
  } finally {
    folder.remove();
  }
}
