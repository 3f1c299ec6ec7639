import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Faultline, temporaryFolder } from "../harness/cli/testing/faultline.ts";
import { faultKinds } from "../harness/faults/index.ts";
import type { RunRecord } from "../harness/model/run.ts";

test("every kind of fault strikes the reference system, is proven and healed, and leaves nothing changed", async () => {
  const folder = temporaryFolder();
  try {
    const faultline = new Faultline(["run", "every-fault", "--seed", "7", "-o", folder.path], { output: folder.path });
    // Exit 4 would be a difference between the configuration before and after.
    expect(await faultline.ended(), faultline.stderr).toBe(0);
    const { plan }: RunRecord = JSON.parse(readFileSync(join(faultline.runFolder, "run.json"), "utf8"));
    expect(plan.schedule.map(({ kind }) => kind).sort()).toEqual(faultKinds.map(({ kind }) => kind).sort());
    const receipts = faultline.events().flatMap((event) => (event.type === "receipt" ? [event.receipt] : []));
    expect(receipts).toHaveLength(plan.schedule.flatMap(({ acts }) => acts).length);
    for (const { error, provenMs, healProvenMs, on } of receipts) {
      expect(error, on).toBeUndefined();
      expect(provenMs, on).toBeGreaterThan(0);
      expect(healProvenMs, on).toBeGreaterThan(provenMs!);
    }
    expect(faultline.leftRunning()).toEqual([]);
  } finally {
    folder.remove();
  }
});
