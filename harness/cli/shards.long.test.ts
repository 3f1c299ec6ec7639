import { readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runsIn } from "../store/run-folder.ts";
import { Faultline, temporaryFolder } from "./testing/faultline.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

async function faultline(...args: readonly string[]) {
  const started = new Faultline(args, { output: folder.path, cwd: folder.path });
  return { exit: await started.ended(), stderr: started.stderr };
}

const runsOf = (name: string): readonly string[] => runsIn(join(folder.path, name));

test("two shards run what one would, and are joined; a shard that is missing is not green", async () => {
  for (const name of ["one", "two"]) expect(await faultline("new", name)).toMatchObject({ exit: 0 });
  const exits: number[] = [];
  for (const shard of ["1/2", "2/2"]) {
    const run = await faultline("run", "--shard", shard, "--seed", "7", "-o", `shard-${shard[0]}`);
    // On a machine that is busy elsewhere a run may not be able to tell.
    expect([0, 2], run.stderr).toContain(run.exit);
    exits.push(run.exit);
  }
  const runs = [...runsOf("shard-1"), ...runsOf("shard-2")];
  expect(runs.map((name) => name.replace(/^.*Z-/, "")).toSorted()).toEqual(["one-7", "two-7"]);

  const joined = await faultline("merge", "shard-1", "shard-2", "-o", "all");
  expect(joined.exit, joined.stderr).toBe(Math.max(...exits));
  expect(runsOf("all").toSorted()).toEqual(runs.toSorted());
  expect(runs).toContain(readlinkSync(join(folder.path, "all/latest")));
  const page = readFileSync(join(folder.path, "all/index.html"), "utf8");
  for (const run of runs) expect(page).toContain(`href="${run}/report.html"`);
  const junit = readFileSync(join(folder.path, "all/junit.xml"), "utf8");
  const suites = [...junit.matchAll(/<testsuite name="(\w+)"/g)].map(([, name = ""]) => name);
  expect(suites.toSorted()).toEqual(["one", "two"]);
  expect(await faultline("merge", "shard-1", "shard-2", "-o", "all")).toMatchObject({ exit: joined.exit });

  const halved = await faultline("merge", "shard-1", "-o", "half");
  expect(halved.exit).toBe(2);
  expect(halved.stderr).toContain("missing: shard-2-of-2.json");
  expect((await faultline("merge", "nowhere", "-o", "none")).stderr).toContain("[NO_SHARD]");
  expect((await faultline("run", "--shard", "0/2")).stderr).toContain("[BAD_SHARD]");
});
