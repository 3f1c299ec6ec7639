import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RunRecord } from "../../model/run.ts";
import { identify } from "../../safety/processes.ts";
import { Faultline, scenarios } from "../testing/faultline.ts";
import { startIn } from "../testing/random-ends.ts";
import { Enclosure } from "../testing/residues.ts";

let enclosure: Enclosure;
beforeEach(() => {
  enclosure = new Enclosure();
});
afterEach(() => enclosure.remove());

const start = (): Faultline => startIn(enclosure, join(scenarios, "long-cut.ts"));
const command = (...args: string[]): Faultline =>
  new Faultline(args, { output: enclosure.reports, environment: { TMPDIR: enclosure.temporary } });
const record = (faultline: Faultline): RunRecord =>
  JSON.parse(readFileSync(join(faultline.runFolder, "run.json"), "utf8"));

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
/** The process of the enclosure whose command line has this in it, the oldest first. */
const processLike = (words: string): number =>
  enclosure
    .processes()
    .map(({ pid }) => pid)
    .sort((a, b) => a - b)
    .find((pid) => commandOf(pid).includes(words))!;

/** Writes until nothing more fits. */
function fill(path: string): void {
  const file = openSync(path, "w");
  try {
    for (const size of [1 << 20, 1 << 12]) {
      for (;;) {
        try {
          if (writeSync(file, Buffer.alloc(size)) < size) break;
        } catch {
          break;
        }
      }
    }
  } finally {
    closeSync(file);
  }
}

describe("when the watchdog is killed", () => {
  test("the run goes on and cleans up by itself", async () => {
    const faultline = command("run", "cut-store", "--scenarios", scenarios, "-o", enclosure.reports);
    await faultline.until("inject");
    process.kill(processLike("watchdog"), "SIGKILL");
    expect(await faultline.ended(), faultline.stderr).toBe(1);
    expect(await enclosure.residuesAfter(5000)).toEqual([]);
  });

  test("and the runner as well, `faultline clean` does it, says so, and has nothing to do the second time", async () => {
    const faultline = start();
    await faultline.until("proven");
    process.kill(processLike("watchdog"), "SIGKILL");
    faultline.child.kill("SIGKILL");
    await faultline.ended();
    expect(enclosure.processes().length).toBeGreaterThan(2);
    const clean = command("clean");
    expect(await clean.ended(), clean.stderr).toBe(0);
    expect(clean.stdout + clean.stderr).toContain(record(faultline).id);
    expect(await enclosure.residuesAfter(5000)).toEqual([]);
    expect(await command("clean").ended()).toBe(0);
  });
});

describe("`faultline clean`", () => {
  test("does not touch a run that is alive", async () => {
    const faultline = command("run", "slow-store", "--scenarios", scenarios, "-o", enclosure.reports);
    await faultline.until("inject");
    const before = enclosure.processes().map(({ pid }) => pid);
    const clean = command("clean");
    expect(await clean.ended()).toBe(0);
    expect(enclosure.processes().map(({ pid }) => pid)).toEqual(expect.arrayContaining(before));
    expect(await faultline.ended(), faultline.stderr).toBe(0);
    expect(record(faultline).verdict).toBe("pass");
  });

  test("does not touch a process that was given the number of a dead run's", async () => {
    const sleeper = spawn("sleep", ["60"]);
    await once(sleeper, "spawn");
    try {
      const mark = "dead.00000000-0000-0000-0000-000000000000";
      const runs = join(enclosure.temporary, `faultline-${process.getuid?.() ?? 0}`, "runs");
      mkdirSync(join(runs, mark), { recursive: true });
      const journal = join(enclosure.temporary, "undo.jsonl");
      const reused = { pid: sleeper.pid, startedAt: "at another time" };
      writeFileSync(join(runs, mark, "owner.json"), JSON.stringify({ runId: "dead", runner: reused, journal }));
      const steps = [
        { do: "endProcess", process: reused },
        { do: "resume", process: reused },
      ];
      writeFileSync(journal, steps.map((step, index) => `${JSON.stringify({ id: index + 1, step })}\n`).join(""));
      const clean = command("clean");
      expect(await clean.ended(), clean.stderr).toBe(0);
      expect(identify(sleeper.pid!)).toBeDefined();
      expect(existsSync(join(runs, mark))).toBe(false);
      rmSync(journal);
    } finally {
      sleeper.kill("SIGKILL");
    }
  });
});

test("two runs at once, of which one is killed: the other goes on unharmed", async () => {
  const other = new Enclosure();
  try {
    const doomed = start();
    const spared = startIn(other, join(scenarios, "slow-store.ts"));
    await Promise.all([doomed.until("proven"), spared.until("inject")]);
    doomed.child.kill("SIGKILL");
    expect(await spared.ended(), spared.stderr).toBe(0);
    expect(await enclosure.residuesAfter(5000)).toEqual([]);
    expect(await other.residuesAfter(5000)).toEqual([]);
  } finally {
    other.remove();
  }
});

test.each(["warmUp", "steady", "faults", "recovery"] as const)(
  "a component that somebody else kills in the phase %s is told, and nothing is left",
  async (phase) => {
    const faultline = command("run", "slow-store", "--scenarios", scenarios, "-o", enclosure.reports);
    await faultline.until("phase", { phase });
    process.kill(processLike("redis-server"), "SIGKILL");
    expect([1, 2]).toContain(await faultline.ended());
    const told = faultline.events().find((event) => event.type === "exited" && !event.expected);
    expect(told).toMatchObject({ instance: "store", how: "SIGKILL" });
    expect(await enclosure.residuesAfter(5000)).toEqual([]);
  },
);

test.runIf(process.platform === "linux" && process.getuid?.() === 0)(
  "a disk that fills up while the run writes: says so with a code, and leaves nothing",
  async () => {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=136m", "tmpfs", enclosure.reports]);
    try {
      const faultline = command("run", "slow-store", "--scenarios", scenarios, "-o", enclosure.reports);
      await faultline.until("phase", { phase: "steady" });
      fill(join(enclosure.reports, "filler"));
      expect([2, 3]).toContain(await faultline.ended());
      expect(faultline.stderr).toMatch(/ENOSPC|no space left/i);
      expect(faultline.stderr).toMatch(/\[[A-Z_]+\]/);
      expect(faultline.stderr).not.toContain("[BUG]");
      expect(await enclosure.residuesAfter(5000)).toEqual([]);
    } finally {
      await vi.waitFor(() => execFileSync("umount", [enclosure.reports]), 10_000);
    }
  },
);

test("a report that cannot be written: the run and its verdict are kept, and nothing is left", async () => {
  const faultline = command("run", "slow-store", "--scenarios", scenarios, "-o", enclosure.reports);
  await faultline.until("phase", { phase: "steady" });
  mkdirSync(join(faultline.runFolder, "report.html"));
  const exit = await faultline.ended();
  expect(exit).not.toBe(70);
  expect(faultline.stderr).toContain("report.html");
  expect(record(faultline)).toMatchObject({ status: "complete", verdict: "pass" });
  expect(await enclosure.residuesAfter(5000)).toEqual([]);
});

test("a scenario, a check and an audit that throw: said, and nothing is left", async () => {
  const file = join(enclosure.reports, "throws.ts");
  writeFileSync(file, `throw new Error("at import");`);
  const atImport = command("run", file, "-o", enclosure.reports);
  expect(await atImport.ended()).toBe(64);
  expect(atImport.stderr).toContain("at import");

  const shelf = join(scenarios, "../shelf/shelf.ts");
  writeFileSync(
    file,
    `import { latency, milliseconds, scenario, seconds } from "faultline";
     import { people, phases, shelf } from ${JSON.stringify(shelf)};
     const throws = () => { throw new Error("by the check"); };
     export default scenario({
       name: "throws", expects: "", system: shelf(), workload: people, phases,
       faults: [{ at: seconds(0.2), lasting: seconds(0.5), inject: latency("web->store", { latency: milliseconds(20) }) }],
       audit: { atRest: async () => true, read: async () => { throw new Error("by the audit"); } },
       checks: [{ name: "own", parameters: {}, guards: "safety", title: "own", law: "x", judge: throws }],
     });`,
  );
  const faultline = command("run", file, "-o", enclosure.reports);
  expect(await faultline.ended(), faultline.stderr).toBe(2);
  expect(faultline.stderr).toContain("by the check");
  expect(faultline.stderr).toContain("by the audit");
  expect(await enclosure.residuesAfter(5000)).toEqual([]);
});
