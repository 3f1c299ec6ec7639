import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RunRecord } from "../model/run.ts";
import { Faultline } from "./testing/faultline.ts";
import { Enclosure } from "./testing/residues.ts";
import { type Places, RunningShelf } from "./testing/running/running-shelf.ts";

const scenarios = fileURLToPath(new URL("./testing/running/scenarios", import.meta.url));

let enclosure: Enclosure;
let shelf: RunningShelf | undefined;
beforeEach(() => {
  enclosure = new Enclosure();
});
afterEach(async () => {
  await shelf?.end();
  shelf = undefined;
  enclosure.remove();
});

function faultline(args: readonly string[], places: object = shelf?.places ?? {}): Faultline {
  return new Faultline([...args, "--scenarios", scenarios, "--env", "attach"], {
    output: enclosure.reports,
    environment: { TMPDIR: enclosure.temporary, RUNNING: JSON.stringify(places) },
  });
}
const run = (id: string, places?: object): Faultline =>
  faultline(["run", id, "--seed", "7", "-o", enclosure.reports], places);

describe("a pause and a partition of a system that runs already", () => {
  test.each([
    ["on", 0, "pass"],
    ["off", 1, "fail"],
  ] as const)("with its memory %s: exit %i, and it still runs, unharmed", async (memory, exit, verdict) => {
    shelf = await RunningShelf.start({ MEMORY: memory, PATIENCE_MS: "500" });
    expect(await shelf.isUnharmed()).toBe(true);
    const attached = run("held-up");
    expect(await attached.ended(), attached.stderr).toBe(exit);
    const record: RunRecord = JSON.parse(readFileSync(join(attached.runFolder, "run.json"), "utf8"));
    expect(record).toMatchObject({ verdict, environment: "attach" });
    expect(attached.events().filter(({ type }) => type === "proven" || type === "healed")).toHaveLength(4);
    const ended = attached.events().flatMap((event) => (event.type === "exited" ? event.instance : []));
    expect(ended).toEqual(["toxiproxy"]);
    await vi.waitFor(async () => expect(await shelf?.isUnharmed()).toBe(true), 10_000);
    expect(await enclosure.residuesAfter(5000)).toEqual([]);
  });
});

test("when the runner is killed in the middle, all that it had done is undone, and everybody still runs", async () => {
  shelf = await RunningShelf.start();
  const attached = run("all-at-once");
  for (const injection of ["i1", "i2", "i3"]) await attached.until("proven", { injection });
  expect(await shelf.proxies.toxics("shelf-store")).not.toEqual([]);
  attached.child.kill("SIGKILL");
  await attached.ended();
  await vi.waitFor(async () => expect(await shelf?.isUnharmed()).toBe(true), { timeout: 20_000, interval: 200 });
  expect(await enclosure.residuesAfter(5000)).toEqual([]);
});

describe("what can't be is refused", () => {
  const nowhere: Places = {
    store: { at: "127.0.0.1:1", pid: 4_194_303 },
    web: { at: "127.0.0.1:1", pid: 4_194_302 },
    toxiproxy: "127.0.0.1:1",
  };

  test("faults of what is not ours: exit 64, before anybody is asked for anything", async () => {
    const refused = faultline(["validate", "not-ours"], nowhere);
    expect(await refused.ended()).toBe(64);
    expect(refused.stderr).toMatch(/faults\[0\]\.inject: kill needs the capability process, .* \[MISSING_CAPABILITY\]/);
    expect(refused.stderr).toMatch(/faults\[1\]\.inject: clockSkew is for service; .* \[WRONG_KIND\]/);
    expect(refused.stderr).toMatch(/faults\[2\]\.inject: redisAmnesia is only for .* \[NOT_UNDOABLE\]/);
    expect(refused.stderr).not.toContain("faults[3]");
    const listed = faultline(["list", "--faults", "--json"]);
    expect(await listed.ended()).toBe(0);
    const can = JSON.parse(listed.stdout).filter((row: { can: boolean }) => row.can);
    expect(can.map(({ kind }: { kind: string }) => kind)).toEqual(expect.arrayContaining(["pause", "partition"]));
    expect(can.map(({ kind }: { kind: string }) => kind)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(kill|redisAmnesia|clockSkew)$/)]),
    );
  });

  test("nobody there: exit 3, everything that is missing", async () => {
    const refused = run("held-up", nowhere);
    expect(await refused.ended()).toBe(3);
    for (const code of ["NOT_ANSWERING", "NO_SUCH_PROCESS"])
      expect(refused.stderr.match(new RegExp(`\\[${code}\\]`, "g"))).toHaveLength(2);
    expect(await enclosure.residuesAfter(5000)).toEqual([]);
  });

  test("a host that nobody allowed: exit 64, unless it is named", async () => {
    const refused = run("held-up", { ...nowhere, store: { at: "192.0.2.1:6379" } });
    expect(await refused.ended()).toBe(64);
    expect(refused.stderr).toMatch(/pause needs pause, which can't be had on store: .*\[MISSING_CAPABILITY\]/);
    const foreign = run("held-up", { ...nowhere, toxiproxy: "192.0.2.1:8474" });
    expect(await foreign.ended()).toBe(64);
    expect(foreign.stderr).toMatch(/192\.0\.2\.1:8474 is not on this machine.*\[FOREIGN_TARGET\]/);
    expect(foreign.stderr).toContain("--allow-target 192.0.2.1");
    const allowed = faultline(["run", "held-up", "-o", enclosure.reports, "--allow-target", "192.0.2.1"], {
      ...nowhere,
      toxiproxy: "192.0.2.1:8474",
    });
    expect(await allowed.ended()).toBe(3);
    expect(allowed.stderr).toContain("NOT_ANSWERING");
  });

  test("what runs already is not started: exit 64 in another environment", async () => {
    const local = new Faultline(["validate", "held-up", "--scenarios", scenarios], {
      output: enclosure.reports,
      environment: { RUNNING: JSON.stringify(nowhere) },
    });
    expect(await local.ended()).toBe(64);
    expect(local.stderr).toMatch(/runs at 127\.0\.0\.1:1 already.*\[RUNS_ALREADY\]\n.*--env attach/);
  });
});
