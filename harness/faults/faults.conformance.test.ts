import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { environmentNamed } from "../cli/environments.ts";
import { capabilityTargets } from "../model/capabilities.ts";
import type { RunningSystem } from "../model/environment.ts";
import type { FaultKind, ScheduledInjection } from "../model/fault.ts";
import { redis, service, system } from "../model/system.ts";
import { openJournal } from "../safety/journal.ts";
import { makeScratch, removeScratch } from "../safety/leftovers.ts";
import { undoAll } from "../safety/undo.ts";
import { faultKinds } from "./index.ts";

// What every kind of fault must do; it is tested by being in the index. Parameters that it needs are named here.
const parameters: Readonly<Record<string, ScheduledInjection["parameters"]>> = {
  latency: { latencyMs: 100, jitterMs: 0 },
  partition: { direction: "both" },
};

const shelf = system({
  name: "shelf",
  entry: "web",
  components: {
    store: redis(),
    web: service({
      command: [
        "node",
        "-e",
        "require('node:http').createServer((_, r) => r.end()).listen(process.env.PORT, '127.0.0.1')",
      ],
      readyPath: "/",
      links: { STORE: { to: "store", as: "{host}:{port}" } },
    }),
  },
});

let running: RunningSystem;
let folder: string;
let scratch: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "faults-"));
  mkdirSync(join(folder, "logs"));
  const journalPath = join(folder, "undo.jsonl");
  const made = makeScratch("faults", journalPath);
  scratch = made.scratch;
  running = await (await environmentNamed("local").open()).start(shelf, {
    mark: made.mark,
    scratch,
    logs: join(folder, "logs"),
    journal: openJournal(journalPath),
    now: () => performance.now(),
    emit: () => undefined,
    signal: new AbortController().signal,
  });
});
afterAll(async () => {
  await running.stop();
  removeScratch(scratch);
  rmSync(folder, { recursive: true });
});

describe.each(faultKinds.map((kind) => [kind.kind, kind] as const))("the fault %s", (name, kind: FaultKind) => {
  const target = capabilityTargets[kind.needs] === "link" ? "web->store" : "store";
  const injection: ScheduledInjection = {
    kind: name,
    target,
    parameters: parameters[name] ?? {},
    id: `i-${name}`,
    atMs: 0,
    lastingMs: 1000,
    acts: [target],
    title: kind.title({ kind: name, target, parameters: parameters[name] ?? {} }),
  };
  const control = () => running.control(kind.needs, target)[0]!;
  const isSeen = (state: string): Promise<unknown> =>
    vi.waitFor(async () => expect((await kind.observe(control(), injection)).state).toBe(state), { timeout: 20_000 });

  test("has parameters that it accepts, and says in words what it is", () => {
    expect(kind.problems(injection.parameters)).toEqual([]);
    expect(injection.title).toContain(target);
  });

  test("is absent, acts when injected, also twice, and is absent when healed, also twice", async () => {
    await isSeen("absent");
    await kind.inject(control(), injection);
    await isSeen("acting");
    await kind.inject(control(), injection);
    await isSeen("acting");
    await kind.heal(control(), injection);
    await isSeen("absent");
    await kind.heal(control(), injection);
    await isSeen("absent");
  });

  test("can be healed without having been injected", async () => {
    await kind.heal(control(), injection);
    await isSeen("absent");
  });

  test("can be undone from what stands in the journal alone, also twice", async () => {
    const steps = kind.undo(control(), injection);
    await kind.inject(control(), injection);
    await isSeen("acting");
    expect(await undoAll(steps)).toEqual([]);
    expect(await undoAll(steps)).toEqual([]);
    // A kill has nothing to undo: the next heal starts the process again.
    if (steps.length === 0) await kind.heal(control(), injection);
    await isSeen("absent");
  });
});
