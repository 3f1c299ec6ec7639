import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { faultKinds } from "../faults/index.ts";
import { Faultline, scenarios, temporaryFolder } from "./testing/faultline.ts";

let folder: ReturnType<typeof temporaryFolder>;
let reports: string;
beforeEach(() => {
  folder = temporaryFolder();
  reports = join(folder.path, "reports");
});
afterEach(() => folder.remove());

const shelf = fileURLToPath(new URL("./testing/shelf/shelf.ts", import.meta.url));

async function refused(args: readonly string[], at = scenarios) {
  const faultline = new Faultline([...args, "--scenarios", at, "-o", reports, "--json"], { output: reports });
  const exit = await faultline.ended();
  return { exit, stderr: faultline.stderr, document: JSON.parse(faultline.stdout) };
}

/** A folder with one scenario of this text. */
function scenarioFolder(text: string): string {
  const path = join(folder.path, "scenarios");
  mkdirSync(path);
  writeFileSync(join(path, "mine.ts"), text);
  return path;
}

const scenarioWith = (faults: string, options = ""): string => `
  import { availability, kill, partition, scenario, seconds } from "faultline";
  import { people, phases, shelf } from ${JSON.stringify(shelf)};
  export default scenario({
    name: "mine", expects: "nothing", workload: people, phases,
    system: shelf({${options}}),
    faults: ${faults},
    checks: [availability({ atLeast: 0.9 })],
  });
`;

test("an unknown scenario: exit 64, and what was meant", async () => {
  const { exit, stderr, document } = await refused(["run", "slow-stor"]);
  expect(exit).toBe(64);
  expect(stderr).toContain('there is no scenario "slow-stor"');
  expect(stderr).toContain('Did you mean "slow-store"?');
  expect(document).toMatchObject({ error: { code: "UNKNOWN_SCENARIO" } });
});

test("an unknown component and an unknown link: exit 64, both at once, before anything starts", async () => {
  const faults = `[
    { at: seconds(0), lasting: seconds(1), inject: kill("stoer") },
    { at: seconds(0), lasting: seconds(1), inject: partition("web->stoer") },
  ] as never`;
  const { exit, document } = await refused(["run"], scenarioFolder(scenarioWith(faults)));
  expect(exit).toBe(64);
  expect(document.error.problems).toMatchObject([
    { code: "UNKNOWN_COMPONENT", where: "mine: faults[0].inject", remedy: 'Did you mean "store"?' },
    { code: "UNKNOWN_LINK", where: "mine: faults[1].inject", remedy: 'Did you mean "web->store"?' },
  ]);
  expect(readdirSync(folder.path)).toEqual(["scenarios"]);
});

test.each([
  ["throws", 'const x = 1;\nthrow new Error("no price list");', /no price list/, /mine\.ts:2/],
  ["does not parse", "const x = 1;\nconst y = ;", /Unexpected|Expression/, /mine\.ts/],
  ["imports what is not there", 'import { partitoin } from "faultline";', /partitoin/, /mine\.ts/],
  ["states no scenario", "export default 42;", /lacks name/, /export default scenario/],
])("a scenario file that %s: exit 64, and the user's own line", async (_what, text, message, line) => {
  const { exit, stderr } = await refused(["run"], scenarioFolder(text));
  expect(exit).toBe(64);
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(line);
  expect(stderr).not.toContain("a bug in Faultline");
});

test("a port already taken: exit 3, who has it, and nothing is left running", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const text = scenarioWith("[]", `storePort: ${port}`);
  const faultline = new Faultline(["run", "--scenarios", scenarioFolder(text), "-o", reports], { output: reports });
  expect(await faultline.ended()).toBe(3);
  expect(faultline.stderr).toContain(`needs port ${port} of 127.0.0.1`);
  expect(faultline.stderr).toContain(`(pid ${process.pid})`);
  expect(faultline.leftRunning()).toEqual([]);
  server.close();
});

test("a folder for reports that can't be written: exit 3, before anything starts", async () => {
  writeFileSync(reports, "a file, not a folder");
  const { exit, document } = await refused(["run", "slow-store"]);
  expect(exit).toBe(3);
  expect(document).toMatchObject({ error: { code: "REPORTS_NOT_WRITABLE" } });
});

test.each([
  [["run", "slow-store", "--seed", "../7"], "BAD_SEED"],
  [["run", "slow-store", "--env", "locall"], "UNKNOWN_ENVIRONMENT"],
  [["run", "--tag", "mlid"], "UNKNOWN_TAG"],
])("%j: exit 64 with the code %s", async (args, code) => {
  const { exit, document } = await refused(args);
  expect(exit).toBe(64);
  expect(document).toMatchObject({ error: { code } });
});

test("a folder that is no run: exit 64", async () => {
  const faultline = new Faultline(["report", folder.path], { output: reports });
  expect(await faultline.ended()).toBe(64);
  expect(faultline.stderr).toContain("[NOT_A_RUN]");
});

test("list --json is an array of objects with id, name and tags", async () => {
  const faultline = new Faultline(["list", "--json", "--scenarios", scenarios], { output: reports });
  expect(await faultline.ended()).toBe(0);
  expect(JSON.parse(faultline.stdout)).toMatchObject([
    { id: "blind-audit", tags: [] },
    { id: "cut-store", name: "the store is cut off", tags: ["harsh"] },
    { id: "cut-store-variants" },
    { id: "leaky" },
    { id: "long-cut" },
    { id: "mistyped-audit" },
    { id: "own-client" },
    { id: "slow-store", tags: ["mild"] },
  ]);
});

test("list --faults tells what can be broken and whether it can be here, or all about one", async () => {
  const all = new Faultline(["list", "--faults"], { output: reports });
  expect(await all.ended()).toBe(0);
  for (const { kind, summary } of faultKinds)
    expect(all.stdout).toMatch(new RegExp(`${kind} +${summary.replace(/[()]/g, ".")}`));
  const one = new Faultline(["list", "--faults", "partition"], { output: reports });
  expect(await one.ended()).toBe(0);
  expect(one.stdout).toMatch(/^partition {2}on a link: [\s\S]*receipt[\s\S]*healing[\s\S]*residue/);
  const none = new Faultline(["list", "--faults", "partitoin"], { output: reports });
  expect(await none.ended()).toBe(64);
  expect(none.stderr).toMatch(/"partitoin" is no fault \[UNKNOWN_FAULT\]\s+Did you mean "partition"\?/);
});

test("list --faults on a machine without Redis: none can be done, and it says why", async () => {
  const nowhere = { output: reports, environment: { PATH: "/nowhere" } };
  const faultline = new Faultline(["list", "--faults", "--json"], nowhere);
  expect(await faultline.ended()).toBe(0);
  const rows: { can: boolean; lacks?: string }[] = JSON.parse(faultline.stdout);
  expect(rows.filter(({ can }) => can)).toEqual([]);
  expect(rows[0]?.lacks).toContain("redis-server is not on the PATH");
});

test("the first words of a run come before scenarios that take their time are loaded", async () => {
  const text = scenarioWith("[]").replace("export default", 'console.error("imported");\n export default');
  const faultline = new Faultline(["run", "--dry-run", "--scenarios", scenarioFolder(text)], { output: reports });
  await faultline.ended();
  expect(faultline.stderr).toMatch(/^loading the scenarios\n[\s\S]*imported/);
  const quiet = new Faultline(["list", "--scenarios", scenarios], { output: reports });
  expect(await quiet.ended()).toBe(0);
  expect(quiet.stderr).toBe("");
});

test("help of a command is its --help, and a first scenario is what a folder without any is told of", async () => {
  const [help, asked] = [
    ["help", "compare"],
    ["compare", "--help"],
  ].map((args) => new Faultline(args, { output: reports }));
  expect([await help!.ended(), await asked!.ended()]).toEqual([0, 0]);
  expect(help!.stdout).toContain("Examples:\n  faultline compare");
  expect(help!.stdout).toBe(asked!.stdout);
  const empty = new Faultline(["run"], { output: reports, cwd: folder.path });
  expect(await empty.ended()).toBe(64);
  expect(empty.stderr).toMatch(/\[NO_SCENARIOS\]\s.*faultline new my-first/);
});

test.each([["--hlep"], ["rnu"], ["run", "--sede", "7"]])("%s: exit 64 with a suggestion", async (...args) => {
  const faultline = new Faultline(args, { output: reports });
  expect(await faultline.ended()).toBe(64);
  expect(faultline.stderr).toMatch(/Did you mean|--help/);
});
