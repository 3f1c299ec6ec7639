import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, vi, test as vitestTest } from "vitest";
import { environmentNamed } from "./cli/environments.ts";
import { pauseFault } from "./faults/pause.ts";
import { kill, latency, milliseconds, partition, pause } from "./index.ts";
import type { FaultKind } from "./model/fault.ts";
import { startSystem as startOn } from "./run/start-system.ts";
import { identify, isAlive, markedProcesses } from "./safety/processes.ts";
import { shelf } from "./testing/shelf.ts";
import { faultTest, startSystem, withFault as withFaultOn } from "./vitest.ts";

const slow = (ms = 50) => latency("web->store", { latency: milliseconds(ms) });

const test = faultTest(shelf());

describe("a fault around a body", () => {
  test("acts on every instance while the body runs, and is gone when its value is there", async ({
    system,
    withFault,
  }) => {
    const links = system.stage.injector.system.control("network", "web->store");
    const toxics = () => Promise.all(links.map((link) => link.toxics()));
    const during = await withFault(slow(), toxics);
    expect(during.map((names) => names.length)).toEqual([1, 1]);
    expect(await toxics()).toEqual([[], []]);
    const receipts = system.receipts().slice(-2);
    expect(receipts.map(({ on }) => on)).toEqual(["web-1->store", "web-2->store"]);
    for (const { provenMs, healProvenMs } of receipts) expect(healProvenMs).toBeGreaterThan(provenMs ?? Infinity);
  });

  test("a link that forgets its connections needs no schedule that says so before", async ({ system, withFault }) => {
    await withFault(partition("web->store", { heal: "newConnectionsOnly" }), () => undefined);
    const receipts = system.receipts().slice(-2);
    expect(receipts.map(({ on }) => on)).toEqual(["web-1->store", "web-2->store"]);
    for (const { during, after, error } of receipts) {
      expect(error).toBeUndefined();
      expect(during).toMatchObject({ silent: true, answered: false });
      expect(after).toMatchObject({ silent: false, answered: true });
    }
  });

  test("what the body throws comes out as it is, after the heal", async ({ system, withFault }) => {
    const thrown = new Error("no bread");
    const caught = await withFault(pause("store"), () => {
      throw thrown;
    }).catch((error: unknown) => error);
    expect(caught).toBe(thrown);
    expect(system.receipts().at(-1)).toMatchObject({ on: "store", healProvenMs: expect.any(Number) });
    const [store] = system.stage.injector.system.control("process", "store");
    expect((await store?.state())?.state).toBe("running");
  });

  test("what cannot be planned is refused before anything acts, all of it at once", async ({ system, withFault }) => {
    const before = system.receipts().length;
    const body = vi.fn<() => void>();
    const wrong = {
      kind: "latency",
      target: "web->stor",
      parameters: { latencyMs: -1, jitterMs: "x", direction: "replies" },
    };
    const error = await withFault(wrong as never, body).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ exit: 64 });
    expect((error as { problems: { code: string; where: string }[] }).problems).toMatchObject([
      { code: "PARAMETER_OUT_OF_BOUNDS", where: "fault.latency" },
      { code: "PARAMETER_OUT_OF_BOUNDS", where: "fault.jitter" },
      { code: "UNKNOWN_LINK", where: "fault", remedy: 'Did you mean "web->store"?' },
    ]);
    await expect(withFault({ ...wrong, kind: "latncy" } as never, body)).rejects.toMatchObject({
      code: "UNKNOWN_FAULT",
    });
    expect(body).not.toHaveBeenCalled();
    expect(system.receipts()).toHaveLength(before);
  });

  test("a target that the system does not have does not compile", async ({ withFault }) => {
    // @ts-expect-error: there is no such link
    await expect(withFault(partition("web->stor"), () => undefined)).rejects.toMatchObject({ code: "UNKNOWN_LINK" });
  });

  test("two kinds on one target compose; one kind twice is refused, and the outer one goes on", async ({
    withFault,
  }) => {
    const inner = await withFault(slow(), () =>
      withFault(pause("store"), () => withFault(slow(80), () => "never").catch((error: unknown) => error)),
    );
    expect(inner).toMatchObject({ code: "OVERLAPPING_FAULTS" });
    expect(await withFault(slow(80), () => "again")).toBe("again");
  });

  // Its time is up while the fault acts; the next test sees whether it was healed.
  test.fails("a test whose time is up is healed", { timeout: 5000 }, async ({ withFault }) => {
    await withFault(partition("web->store"), () => new Promise(() => undefined));
  });

  test("(the one before was)", async ({ system }) => {
    const receipt = system.receipts().at(-1);
    expect(receipt).toMatchObject({ provenMs: expect.any(Number), healProvenMs: expect.any(Number) });
    const [link] = system.stage.injector.system.control("network", "web-1->store");
    expect(await link?.toxics()).toEqual([]);
  });
});

describe("a system", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "vitest-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  vitestTest("that is stopped while a fault acts heals it, and leaves nothing", async () => {
    const system = await startSystem(shelf());
    const { mark, scratch } = markOf(system.logs);
    const begun = Promise.withResolvers<void>();
    // Its heal takes a while: it starts a process, which must not come after the end.
    const held = withFaultOn(system, kill("web-1"), () => {
      begun.resolve();
      return new Promise(() => undefined);
    });
    const ended = expect(held).rejects.toThrow("the system was stopped");
    await begun.promise;
    expect(markedProcesses(mark, scratch).length).toBeGreaterThan(0);
    await system.stop();
    await ended;
    await system.stop();
    expect(system.receipts()).toMatchObject([{ healProvenMs: expect.any(Number) }]);
    expect(markedProcesses(mark, scratch)).toEqual([]);
    expect([existsSync(scratch), existsSync(system.logs)]).toEqual([false, false]);
    await expect(withFaultOn(system, pause("store"), () => 1)).rejects.toThrow("the system was stopped");
  });

  /** Aims a kind of fault at a system of its own. */
  async function aim(kind: FaultKind<"pause">, target: "store" | "web") {
    const environment = await environmentNamed("local").open();
    const system = await startOn(shelf(), { environment, faultKinds: [kind] });
    const body = vi.fn<() => void>();
    const error = await withFaultOn(system, pause(target), body).catch((caught: unknown) => caught);
    const victims = system.stage.injector.system.control("process", target);
    const states = (await Promise.all(victims.map((one) => one.state()))).map(({ state }) => state);
    await system.stop();
    expect(error).toMatchObject({ code: "FAULT_NOT_PROVEN", exit: 2 });
    expect(body).not.toHaveBeenCalled();
    return { message: String(error), states };
  }

  vitestTest("on which a fault does not act: it is not proven, and the body is not run", async () => {
    const idle = { ...pauseFault, inject: () => Promise.resolve() };
    expect((await aim(idle, "store")).message).toContain('{"process":"running"');
  });

  vitestTest("on one of whose instances a fault can't be injected: the others are healed, too", async () => {
    const inject: typeof pauseFault.inject = (instance, injection) =>
      instance.name === "web-1" ? Promise.reject(new Error("no hold")) : pauseFault.inject(instance, injection);
    const { message, states } = await aim({ ...pauseFault, inject }, "web");
    expect(message).toContain("web-1: injecting: no hold");
    expect(states).toEqual(["running", "running"]);
  });

  vitestTest("that does not come back is told as not healed, with what the body threw", async () => {
    const program = join(folder, "web.cjs");
    writeFileSync(program, "require('node:http').createServer((_, r) => r.end()).listen(process.env.PORT)");
    const system = await startSystem(shelf(["node", program]), { output: folder });
    const thrown = new Error("no bread");
    const failing = withFaultOn(system, kill("web-1"), () => {
      unlinkSync(program);
      throw thrown;
    });
    await expect(failing).rejects.toMatchObject({ code: "FAULT_NOT_HEALED", exit: 4, cause: thrown });
    await system.stop();
    expect(existsSync(system.logs)).toBe(true);
  });

  vitestTest("whose definition is wrong, or which does not start, says so and leaves nothing", async () => {
    const wrong = { ...shelf(), entry: "wbe" };
    await expect(startSystem(wrong as never)).rejects.toMatchObject({ code: "UNKNOWN_COMPONENT" });
    const crashing = startSystem(shelf(["node", "-e", "process.exit(3)"]), { output: folder });
    await expect(crashing).rejects.toMatchObject({ code: "COMPONENT_EXITED", exit: 3 });
  });

  vitestTest("whose vitest is killed leaves no process and no file", async () => {
    const held = join(folder, "held.json");
    const child = spawn(
      process.execPath,
      ["node_modules/vitest/vitest.mjs", "run", "--config", "harness/testing/held.config.ts"],
      { cwd: join(import.meta.dirname, ".."), stdio: "ignore", env: { ...process.env, HELD: held } },
    );
    const exit = once(child, "exit");
    await vi.waitFor(() => expect(existsSync(held)).toBe(true), { timeout: 60_000, interval: 50 });
    const { logs, runner } = await vi.waitFor(() => JSON.parse(readFileSync(held, "utf8")));
    const { mark, scratch } = markOf(logs);
    const worker = identify(runner)!;
    expect(markedProcesses(mark, scratch).length).toBeGreaterThanOrEqual(4);
    child.kill("SIGKILL");
    await exit;
    await vi.waitFor(() => expect(markedProcesses(mark, scratch)).toEqual([]), { timeout: 30_000 });
    await vi.waitFor(
      () => expect([isAlive(worker), existsSync(scratch), existsSync(logs)]).toEqual([false, false, false]),
      {
        timeout: 30_000,
      },
    );
  });
});

/** The mark and the scratch folder of a system's processes, as its journal tells them. */
function markOf(logs: string): { mark: string; scratch: string } {
  const lines = readFileSync(join(dirname(logs), "undo.jsonl"), "utf8")
    .trimEnd()
    .split("\n");
  return JSON.parse(lines.find((line) => line.includes('"endMarked"')) ?? "{}").step;
}
