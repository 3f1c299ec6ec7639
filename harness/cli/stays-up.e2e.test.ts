import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunRecord } from "../model/run.ts";
import { Faultline, temporaryFolder } from "./testing/faultline.ts";

// A worker whose store is away: one that ends when it is started again meanwhile, one that calls itself not alive, and one
// that waits.
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const at = (path: string): string => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)));
type Needy = "at its start" | "to be alive" | "never";
const scenario = (needy: Needy): string => `
  import { kill, partition, redis, scenario, seconds, service, staysLive, staysUp, system, workload } from "faultline";
  const command = ["node", ${at("./testing/needy/worker.ts")}];
  const links = { STORE_URL: { to: "store", as: "{url}" } };
  const each = { weight: 1, effect: "none", deadline: seconds(5), judge: ({ status }) => ({ outcome: status === 200 ? "ok" : "wrong" }) };
  const paths = { readyPath: "/ready", livePath: "/live" };
  export default scenario({
    name: "restarted while the store is away", expects: "",
    system: system({ name: "needy", entry: "web", components: {
      store: redis(),
      web: service({ command, ...paths, links }),
      worker: service({ command, ...paths, links, environment: { NEEDY: "${needy}" } }),
    } }),
    workload: workload({ name: "people", perSecond: 50, keys: 1, sessions: 5, operations: {
      look: { ...each, request: () => ({ method: "GET", path: "/" }) },
    } }),
    phases: { warmUp: seconds(0.5), steady: seconds(1.5), faults: seconds(4), recovery: seconds(2) },
    faults: [
      { at: seconds(0.1), lasting: seconds(3.5), inject: partition("worker->store") },
      // A fault on the process itself would excuse it until it is ready again.
      ...("${needy}" === "to be alive" ? [] : [{ at: seconds(0.6), lasting: seconds(0.4), inject: kill("worker") }]),
    ],
    checks: [staysUp(), staysLive()],
  });
`;

/** @returns its exit code and its record */
async function run(needy: Needy): Promise<{ code: number; record: RunRecord; faultline: Faultline }> {
  const file = join(folder.path, "needy.ts");
  writeFileSync(file, scenario(needy));
  const faultline = new Faultline(["run", file, "--seed", "5", "-o", folder.path], { output: folder.path });
  const code = await faultline.ended();
  const record: RunRecord = JSON.parse(readFileSync(join(faultline.runFolder, "run.json"), "utf8"));
  return { code, record, faultline };
}

test("a worker that ends at its restart fails the run, though it comes back in the end", async () => {
  const { code, record, faultline } = await run("at its start");
  expect(code, faultline.stderr).toBe(1);
  const [up, live] = record.checks;
  expect(up).toMatchObject({
    verdict: "fail",
    actual: expect.stringMatching(
      /^worker ended by itself when it was started again: exit 1, [\d.]+ m?s after its start, while partition worker->store acted/,
    ),
  });
  expect(live!.verdict).toBe("pass");
  expect(record.reasons).toEqual([]);
  const kill = faultline.events().find((event) => event.type === "receipt" && event.receipt.on === "worker");
  expect(kill).toMatchObject({ receipt: { healProvenMs: expect.any(Number) } });
  expect(faultline.leftRunning()).toEqual([]);
});

test("one whose live path asks the store would be ended for what the store does", async () => {
  const { code, record, faultline } = await run("to be alive");
  expect(code, faultline.stderr).toBe(1);
  const [up, live] = record.checks;
  expect(up!.verdict).toBe("pass");
  expect(live).toMatchObject({
    verdict: "fail",
    actual: expect.stringMatching(
      /^worker answered 503 on its live path for [\d.]+ m?s, while partition worker->store acted$/,
    ),
  });
});

test("their twin that waits passes", async () => {
  const { code, record, faultline } = await run("never");
  expect(code, faultline.stderr).toBe(0);
  expect(record.checks.map(({ verdict }) => verdict)).toEqual(["pass", "pass"]);
  const watched = faultline.events().flatMap((event) => (event.type === "live" ? [event.instance] : []));
  expect(new Set(watched)).toEqual(new Set(["web", "worker"]));
});
