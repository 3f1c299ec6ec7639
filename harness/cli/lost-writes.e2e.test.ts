import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Faultline, temporaryFolder } from "./testing/faultline.ts";

// A system without versions that loses all in a crash, and a check of one's own over what its answers kept.
let folder: ReturnType<typeof temporaryFolder>;
let faultline: Faultline;
beforeAll(async () => {
  folder = temporaryFolder();
  mkdirSync(join(folder.path, "scenarios"));
  writeFileSync(path(), scenario);
  faultline = new Faultline(["run", path(), "--seed", "3", "-o", folder.path], { output: folder.path });
  await faultline.ended();
});
afterAll(() => folder.remove());

const server = fileURLToPath(new URL("./testing/forgetful/server.mjs", import.meta.url));
const path = (): string => join(folder.path, "scenarios", "forgetful.ts");
const scenario = `
  import { kill, linearizable, noLostUpdates, noLostWrites, noStaleReads, scenario, seconds, service, system, workload } from "faultline";
  const said = { name: "statuses", guards: "safety", title: "statuses", law: "Every answer has a status below 500." } as const;
  const own = {
    ...said, parameters: {},
    judge: ({ kept = new Map() }) => {
      const bad = [...kept.values()].filter(({ status }: any) => status >= 500);
      const verdict = kept.size === 0 ? "inconclusive" : bad.length === 0 ? "pass" : "fail";
      return { ...said, verdict, expected: "below 500", actual: kept.size + " kept", witness: [], numbers: { kept: kept.size } };
    },
  };
  const each = { deadline: seconds(1) };
  export default scenario({
    name: "a crash forgets all writes", expects: "nothing good",
    system: system({ name: "forgetful", entry: "web", components: {
      web: service({ command: ["node", ${JSON.stringify(server)}], readyPath: "/ready", livePath: "/live" }),
    } }),
    workload: workload({ name: "people", perSecond: 60, keys: 300, skew: 0, sessions: 10, operations: {
      read: { ...each, weight: 1, effect: "read", request: ({ key }) => ({ method: "GET", path: "/keys/" + key }),
        judge: ({ status, body }) => status === 404
          ? { outcome: "ok", absent: true, evidence: { status } }
          : { outcome: "ok", value: JSON.parse(body).value, evidence: { status } } },
      write: { ...each, weight: 1, effect: "write", request: ({ key, id }) => ({ method: "PUT", path: "/keys/" + key + "?value=" + id }),
        judge: ({ status }) => ({ outcome: status === 204 ? "ok" : "rejected" }) },
    } }),
    phases: { warmUp: seconds(0.5), steady: seconds(2), faults: seconds(2), recovery: seconds(1) },
    faults: [{ at: seconds(1), lasting: seconds(0.3), inject: kill("web") }],
    audit: {
      atRest: async () => true,
      read: async ({ addresses }) => {
        const [{ host, port }] = Object.values(addresses);
        return { registers: await (await fetch("http://" + host + ":" + port + "/all")).json(), items: [] };
      },
    },
    checks: [noLostWrites(), linearizable(), noStaleReads({ within: seconds(0.2) }), noLostUpdates(), own],
  });
`;

test("the loss is found by values and time, and by what reads did not find", async () => {
  const record = JSON.parse(readFileSync(join(faultline.runFolder, "run.json"), "utf8"));
  const verdicts = record.checks.map(({ name, verdict }: Record<string, string>) => [name, verdict]);
  expect(verdicts, faultline.stderr).toEqual([
    ["noLostWrites", "fail"],
    ["linearizable", "fail"],
    ["noStaleReads", "fail"],
    ["noLostUpdates", "inconclusive"],
    ["statuses", "pass"],
  ]);
  expect(record.checks[0].numbers.lost).toBeGreaterThan(5);
  expect(record.checks[4].numbers.kept).toBeGreaterThan(50);
});

test("judged again, the stored run comes to the same, also what its own check makes of the evidence", async () => {
  const again = new Faultline(["check", faultline.runFolder, "--json"], { output: folder.path });
  expect(await again.ended(), again.stderr).toBe(1);
  const before = JSON.parse(readFileSync(join(faultline.runFolder, "run.json"), "utf8"));
  expect(JSON.parse(again.stdout).runs[0].checks).toEqual(before.checks);
});
