import { expect, test } from "vitest";
import type { RunningSystem } from "../model/environment.ts";
import { systemError } from "../model/errors.ts";
import type { RunEvent } from "../model/events.ts";
import type { FaultKind, ScheduledInjection } from "../model/fault.ts";
import type { Journal } from "../model/undo.ts";
import { remains } from "../testing/remains.ts";
import { type InjectorContext, playStrikes } from "./injector.ts";
import { Strikes } from "./strikes.ts";

/** A process that is up some time after its start, if nobody kills it before. */
class Slow {
  readonly name = "worker-1";
  isUp = true;
  #giveUp: ((error: Error) => void) | undefined;
  #up: (() => void) | undefined;

  kill(): void {
    this.isUp = false;
    this.#giveUp?.(new Error("ended with SIGKILL"));
  }

  start(): Promise<void> {
    if (this.isUp) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#giveUp = reject;
      this.#up = () => {
        this.isUp = true;
        resolve();
      };
    });
  }

  comesUp(): void {
    this.#up?.();
  }
}

const kill = {
  kind: "kill",
  needs: "process",
  undo: () => [],
  inject: async (victim: Slow) => victim.kill(),
  heal: (victim: Slow) => victim.start(),
  observe: async ({ isUp }: Slow) => ({ state: isUp ? "absent" : "acting", measured: {} }),
} as unknown as FaultKind;

function stage(victim: Slow) {
  const events: RunEvent[] = [];
  const abort = new AbortController();
  const context: InjectorContext = {
    system: { control: () => [victim] } as unknown as RunningSystem,
    faultKinds: [kill],
    journal: { record: () => 0, done: () => undefined } as unknown as Journal,
    now: () => performance.now(),
    emit: (event) => void events.push(event),
    strikes: new Strikes(),
    signal: abort.signal,
  };
  /** @returns its receipt; `begin` and `end` say when it strikes, and when it is healed */
  const strike = (id: string) => {
    const [begin, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const injection = { id, title: `kill ${id}`, target: "worker", kind: "kill", parameters: {} };
    const course = { due: () => begin.promise, over: () => end.promise };
    const played = playStrikes(kill, injection as unknown as ScheduledInjection, course, context);
    return { begin: begin.resolve, end: end.resolve, receipt: played.then(([receipt]) => receipt) };
  };
  const seen = (type: string, id: string) =>
    expect.poll(() => events.some((one) => one.type === type && "injection" in one && one.injection === id)).toBe(true);
  return { strike, seen, context, stop: () => abort.abort() };
}

test("what is killed once more while it starts is healed with what starts it then", async () => {
  const victim = new Slow();
  const { strike, seen } = stage(victim);
  const [first, second] = [strike("i1"), strike("i2")];
  first.begin();
  await seen("proven", "i1");
  first.end();
  await seen("heal", "i1");
  second.begin();
  await seen("proven", "i2");
  second.end();
  await seen("heal", "i2");
  victim.comesUp();
  const [one, other] = await Promise.all([first.receipt, second.receipt]);
  expect(one?.error).toBeUndefined();
  expect(other?.healProvenMs).toBeGreaterThan(one?.healRequestedMs ?? Number.NaN);
  expect(one?.healProvenMs).toBeGreaterThanOrEqual(other?.healProvenMs ?? Number.NaN);
});

test("what does not start again, with nobody in the way, is told", async () => {
  const victim = new Slow();
  const { strike, seen } = stage(victim);
  const only = strike("i1");
  only.begin();
  await seen("proven", "i1");
  only.end();
  await seen("heal", "i1");
  victim.kill();
  expect(await only.receipt).toMatchObject({ error: "healing: ended with SIGKILL" });
  expect((await only.receipt)?.healProvenMs).toBeUndefined();
});

test("a proof that takes longer than the fault does not keep it from being healed when it is due", async () => {
  const [due, probed] = [Promise.withResolvers<void>(), Promise.withResolvers<{ state: "acting"; measured: object }>()];
  const toxics = new Set<string>();
  const slow = {
    ...kill,
    inject: async () => void toxics.add("late"),
    heal: async () => void toxics.delete("late"),
    observe: () => (toxics.has("late") ? probed.promise : Promise.resolve({ state: "absent", measured: {} })),
  } as unknown as FaultKind;
  const { context } = stage(new Slow());
  const course = { due: async () => undefined, ends: () => due.promise, over: async () => undefined };
  const injection = { id: "i1", title: "late", target: "worker", kind: "kill", parameters: {}, lastingMs: 60_000 };
  const played = playStrikes(slow, injection as unknown as ScheduledInjection, course, context);
  await expect.poll(() => toxics.size).toBe(1);
  due.resolve();
  const [receipt] = await played;
  probed.resolve({ state: "acting", measured: { late: true } });
  await new Promise(setImmediate);
  expect(receipt).toMatchObject({ healProvenMs: expect.any(Number) });
  expect(receipt).not.toHaveProperty("provenMs");
  expect(receipt).not.toHaveProperty("error");
});

/** A process that ends at its start, as often as is said. @param onStart what happens at each of its starts */
function needy(ends: number, onStart: () => void = () => undefined) {
  const starts: number[] = [];
  const victim = {
    name: "worker-1",
    isUp: true,
    kill(): void {
      victim.isUp = false;
    },
    start(): Promise<void> {
      starts.push(performance.now());
      onStart();
      victim.isUp = starts.length > ends;
      const ended = { where: "worker-1", message: "ended with exit 1", remedy: "" };
      const error = systemError({ code: "COMPONENT_EXITED", ...ended });
      return victim.isUp ? Promise.resolve() : Promise.reject(error);
    },
  };
  return { victim: victim as unknown as Slow, starts };
}

test("what ends at its start is started again, ever later, until it stays", async () => {
  const { victim, starts } = needy(3);
  const { strike, seen } = stage(victim);
  const only = strike("i1");
  only.begin();
  await seen("proven", "i1");
  only.end();
  const receipt = await only.receipt;
  expect(receipt?.error).toBeUndefined();
  expect(receipt?.healProvenMs).toBeGreaterThanOrEqual(starts[3]!);
  expect(starts).toHaveLength(4);
  for (const [index, leastMs] of [95, 195, 395].entries()) {
    expect(starts[index + 1]! - starts[index]!).toBeGreaterThan(leastMs);
  }
});

test("when the run ends early it is not started again, and the receipt says why it is not healed", async () => {
  const { victim, starts } = needy(3, () => stop());
  const { strike, seen, stop } = stage(victim);
  const only = strike("i1");
  only.begin();
  await seen("proven", "i1");
  only.end();
  expect(await only.receipt).toMatchObject({ error: expect.stringContaining("healing: worker-1: ended with exit 1") });
  expect(starts).toHaveLength(1);
});

test("what another strike ended during the pause is not started again before that one is over", async () => {
  const { victim, starts } = needy(3);
  const { strike, seen } = stage(victim);
  const [first, second] = [strike("i1"), strike("i2")];
  first.begin();
  await seen("proven", "i1");
  first.end();
  await expect.poll(() => starts.length).toBeGreaterThan(0);
  second.begin();
  await seen("proven", "i2");
  const before = starts.length;
  await remains(() => expect(starts).toHaveLength(before), { looks: 30, everyMs: 20 });
  second.end();
  const [one, other] = await Promise.all([first.receipt, second.receipt]);
  expect(one?.healProvenMs).toBeGreaterThanOrEqual(other?.healRequestedMs ?? Number.NaN);
  expect([one?.error, other?.error]).toEqual([undefined, undefined]);
});

test.each([
  ["a fault that waits for a moment of the traffic is proven whenever it comes", { waitsForMoment: true }, true],
  ["any other one is not waited for that long", {}, false],
])("%s", async (_, more, isProven) => {
  const { context } = stage(new Slow());
  // Twenty seconds of the run for each of ours.
  const now = (): number => performance.now() * 20;
  let injectedMs = Number.NaN;
  let isHealed = false;
  const rare = {
    ...kill,
    ...more,
    async inject() {
      injectedMs = now();
    },
    async heal() {
      isHealed = true;
    },
    observe: async () => ({ state: !isHealed && now() - injectedMs > 9000 ? "acting" : "absent", measured: {} }),
  } as unknown as FaultKind;
  const injection = { id: "i1", title: "rare", target: "worker", kind: "kill", parameters: {}, lastingMs: 14_000 };
  const course = { due: async () => undefined, over: () => new Promise<void>((resolve) => setTimeout(resolve, 100)) };
  const [receipt] = await playStrikes(rare, injection as unknown as ScheduledInjection, course, { ...context, now });
  expect(receipt?.provenMs !== undefined).toBe(isProven);
});

test("a fault that is too short for a busy machine is proven in its last moment, and healed after that", async () => {
  let looks = 0;
  const busy = {
    ...kill,
    inject: async () => {
      looks = 1;
    },
    heal: async () => {
      looks = 0;
    },
    // The third look takes longer than the fault should last.
    observe: async () => {
      if (looks === 0) return { state: "absent", measured: {} };
      looks += 1;
      await new Promise((resolve) => setTimeout(resolve, 60));
      return { state: looks > 3 ? "acting" : "unclear", measured: {} };
    },
  } as unknown as FaultKind;
  const { context } = stage(new Slow());
  const ends = () => new Promise<void>((resolve) => setTimeout(resolve, 550));
  const course = { due: async () => undefined, ends, over: async () => undefined };
  const injection = { id: "i1", title: "short", target: "worker", kind: "kill", parameters: {}, lastingMs: 50 };
  const [receipt] = await playStrikes(busy, injection as unknown as ScheduledInjection, course, context);
  expect(receipt?.provenMs).toBeLessThanOrEqual(receipt?.healRequestedMs ?? Number.NaN);
  expect(receipt).toMatchObject({ healProvenMs: expect.any(Number) });
});
