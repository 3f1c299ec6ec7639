import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunRecord } from "../model/run.ts";
import { identify, signalProcess, treeOf } from "../safety/processes.ts";
import { Faultline, temporaryFolder } from "./testing/faultline.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const shelf = fileURLToPath(new URL("./testing/shelf/shelf.ts", import.meta.url));
const standstillMs = 1500;

test("where the machine stands still, a correct system does not fail: the run cannot tell", async () => {
  const file = join(folder.path, "held-up.ts");
  writeFileSync(
    file,
    `
      import { availability, latency, milliseconds, nothingHangs, scenario, seconds, workload } from "faultline";
      import { people, phases, shelf } from ${JSON.stringify(shelf)};
      const [look, put] = [people.operations.look, people.operations.put].map((one) => ({ ...one, deadline: seconds(0.5) }));
      export default scenario({
        name: "held up", expects: "", system: shelf(), phases, workload: workload({ ...people, operations: { look, put } }),
        faults: [{ at: seconds(0.1), lasting: seconds(2), inject: latency("web->store", { latency: milliseconds(20) }) }],
        checks: [availability({ atLeast: 0.98 }), nothingHangs({ atMost: 0.01 })],
      });`,
  );
  const faultline = new Faultline(["run", file, "--seed", "7", "-o", folder.path], { output: folder.path });
  await faultline.until("proven");
  const all = treeOf(identify(faultline.child.pid!)!);
  for (const one of all) signalProcess(one, "SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, standstillMs));
  for (const one of all) signalProcess(one, "SIGCONT");
  expect(await faultline.ended(), faultline.stderr).toBe(2);
  const { checks, generator }: RunRecord = JSON.parse(readFileSync(join(faultline.runFolder, "run.json"), "utf8"));
  expect(generator!.standstills!.some(({ fromMs, toMs }) => toMs - fromMs > standstillMs * 0.9)).toBe(true);
  expect(checks.map(({ name, verdict }) => [name, verdict])).toEqual([
    ["availability", "inconclusive"],
    ["nothingHangs", expect.stringMatching(/^(inconclusive|pass)$/)],
  ]);
  expect(checks[0]!.actual).toMatch(/\d+ operations were not ok while the machine stood still/);
  expect(faultline.leftRunning()).toEqual([]);
});
