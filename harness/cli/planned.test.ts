import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { planAll } from "./planned.ts";

const shelf = fileURLToPath(new URL("./testing/shelf/shelf.ts", import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "planned-"));
  const faults = {
    jump: `clockSkew("web", { by: seconds(60) })`,
    slow: `latency("web->store", { latency: seconds(0.1) })`,
  };
  for (const [id, fault] of Object.entries(faults)) {
    writeFileSync(
      join(folder, `${id}.ts`),
      `import { availability, clockSkew, latency, scenario, seconds } from "faultline";
       import { people, phases, shelf } from ${JSON.stringify(shelf)};
       export default scenario({ name: "x", expects: "", system: shelf(), workload: people, phases,
         faults: [{ at: seconds(0.1), lasting: seconds(1), inject: ${fault} }], checks: [availability({ atLeast: 0.1 })] });`,
    );
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

const environment = { name: "local", capabilities: ["network", "clock"], kinds: ["redis", "service"] };
const planned = (lacks: Record<string, string>, filters: string[] = []) =>
  planAll(filters, { scenarios: folder, seed: "7" }, { ...environment, lacks });

test("a scenario that needs what this machine lacks is left out, with the reason; the others run", async () => {
  const here = await planned({});
  expect(here.planned.map(({ id }) => id)).toEqual(["jump", "slow"]);
  expect(here.skipped).toEqual([]);
  const elsewhere = await planned({ clock: "Install libfaketime." });
  expect(elsewhere.planned.map(({ id }) => id)).toEqual(["slow"]);
  expect(elsewhere.skipped).toEqual([
    { scenario: "jump", why: ["clockSkew needs clock, which this machine lacks. Install libfaketime."] },
  ]);
});

test("when all are left out there is nothing to run, and that is told by the reasons", async () => {
  const { planned: none, skipped } = await planned({ clock: "Install libfaketime." }, ["jump"]);
  expect(none).toEqual([]);
  expect(skipped).toHaveLength(1);
});
