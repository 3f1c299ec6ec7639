import { expect, test } from "vitest";
import { faultKinds } from "../faults/index.ts";
import { Faultline } from "./testing/faultline.ts";

async function list(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const faultline = new Faultline(["list", "--faults", ...args], { output: "none", environment });
  const exit = await faultline.ended();
  return { exit, stdout: faultline.stdout, stderr: faultline.stderr };
}

test("list --faults shows every kind of the index, below what it acts on", async () => {
  const { exit, stdout } = await list([]);
  expect(exit).toBe(0);
  const lines = stdout.trimEnd().split("\n");
  const shown = lines.flatMap((line) => /^ {2}[✓✗] (\w+)/.exec(line)?.[1] ?? []);
  expect(shown.toSorted()).toEqual(faultKinds.map(({ kind }) => kind).toSorted());
  const groups = lines.flatMap((line) => /^(\w+) {2}on /.exec(line)?.[1] ?? []);
  expect(groups).toEqual([...new Set(faultKinds.map(({ needs }) => needs))]);
  expect(stdout).toContain("as latency 100 ms on api->cache");
  // Nobody's terminal: 100 columns.
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
});

test("--json gives them to a program; the machine of these tests can do them all", async () => {
  const { exit, stdout } = await list(["--json"]);
  expect(exit).toBe(0);
  const rows: { kind: string; here: boolean; actsOn: string }[] = JSON.parse(stdout);
  expect(rows.map(({ kind }) => kind)).toEqual(faultKinds.map(({ kind }) => kind));
  expect(rows.filter(({ here }) => !here)).toEqual([]);
  expect(rows.find(({ kind }) => kind === "redisPause")).toMatchObject({ actsOn: "component", components: ["redis"] });
});

test("on a machine without Redis none can be done, and it says why", async () => {
  const { exit, stdout } = await list(["--json"], { PATH: "/nowhere" });
  expect(exit).toBe(0);
  const rows: { here: boolean; missing?: string }[] = JSON.parse(stdout);
  expect(rows.filter(({ here }) => here)).toEqual([]);
  expect(rows[0]?.missing).toContain("redis-server is not on the PATH");
});

test("with a name it tells everything about one, or what is near", async () => {
  const one = await list(["slices"]);
  expect(one.stdout).toContain('slices("api->cache", { bytes: 500, pause: milliseconds(20) })');
  for (const fact of ["receipt", "leaves", "needs     network", "can be done"]) expect(one.stdout).toContain(fact);
  const none = await list(["slice"]);
  expect(none.exit).toBe(64);
  expect(none.stderr).toContain('Did you mean "slices"?');
});
