import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { environmentNamed } from "../cli/environments.ts";
import { describeInEach } from "../environments/testing/here.ts";
import { Stand } from "../environments/testing/stand.ts";
import type { CapabilityName } from "../model/capabilities.ts";
import type { RunningSystem } from "../model/environment.ts";
import type { FaultKind, ScheduledInjection } from "../model/fault.ts";
import { differencesOf, type Snapshot } from "../model/snapshot.ts";
import { postgres, redis, service, system } from "../model/system.ts";
import { sustain } from "../run/sustain.ts";
import { undoAll } from "../safety/undo.ts";
import { faultKinds } from "./index.ts";

// What every kind of fault must do; it is tested by being in the index.
const shelf = system({
  name: "shelf",
  entry: "web",
  components: {
    store: redis(),
    db: postgres({ database: "shop", user: "shop" }),
    web: service({
      command: [
        "node",
        "-e",
        "require('node:http').createServer((_, r) => r.end()).listen(process.env.PORT, process.env.HOST ?? '127.0.0.1')",
      ],
      readyPath: "/",
      environment: { FAULTLINE_URL: "redis://somebody:secret@nowhere:1" },
      links: { STORE: { to: "store", as: "{host}:{port}" } },
    }),
  },
});

let running: RunningSystem;
let before: Snapshot;
let stand: Stand;

/** On which target each capability is tried. */
const targets: Readonly<Record<CapabilityName, string>> = {
  network: "clients->web",
  relay: "clients->web",
  pause: "store",
  process: "store",
  nic: "store",
  rollout: "web",
  runtime: "web",
  clock: "web",
  limits: "web",
  redis: "store",
  postgres: "db",
};

/** Parameters that may be any text; all other texts are names of something. */
const freeText = ["value", "sends"];

const kinds = faultKinds.map((kind) => [kind.kind, kind] as const);

describeInEach("in the environment %s", (environment) => {
  const { capabilities, lacks } = environmentNamed(environment).facts;
  const lacking = (needs: CapabilityName): string | undefined =>
    capabilities.includes(needs) ? lacks[needs] : "this environment does not have it";
  beforeAll(async () => {
    stand = await Stand.open(environment);
    running = await stand.start(shelf, { needs: () => true });
    await running
      .control("postgres", "db")[0]
      ?.admin("CREATE TABLE example (id int)", "CREATE INDEX pg_faultline_example ON example (id)");
    before = await running.snapshot();
    expect(Object.keys(before).sort()).toEqual(["clients->web", "db", "store", "web", "web->store"]);
  });
  afterAll(() => stand.close());
  for (const [name, { needs }] of kinds) {
    const why = lacking(needs);
    if (why !== undefined) test.skip(`the fault ${name} needs ${needs}: ${why}`, () => undefined);
  }
  const possible = kinds.filter(([, { needs }]) => lacking(needs) === undefined);
  describe.each(possible)("the fault %s", conforms);
  describe.runIf(environment === "local")("where there are no control groups", () => {
    beforeAll(() => {
      vi.stubEnv("FAULTLINE_CONTROL_GROUPS", "no");
    });
    afterAll(() => {
      vi.unstubAllEnvs();
    });
    describe.each(possible.filter(([name]) => ["cpuLimit", "memoryLimit"].includes(name)))("the fault %s", conforms);
  });
});

function conforms(name: string, kind: FaultKind): void {
  const target = targets[kind.needs];
  const injection: ScheduledInjection = {
    kind: name,
    target,
    parameters: kind.example,
    id: `i-${name}`,
    atMs: 0,
    lastingMs: 1000,
    acts: [target],
    title: kind.title({ kind: name, target, parameters: kind.example }),
  };
  const control = () => running.control(kind.needs, target)[0]!;
  const isSeen = (state: string): Promise<unknown> =>
    vi.waitFor(async () => expect(await kind.observe(control(), injection)).toMatchObject({ state }), {
      timeout: 20_000,
    });
  /** What waits for a moment of the traffic needs some; a probe is as good as any, since it asks nothing of the counts. */
  let requests: ReturnType<typeof sustain> | undefined;
  /** Everything is configured as it was before any fault. */
  const isAsBefore = (): Promise<void> =>
    vi.waitFor(async () => expect(differencesOf(before, await running.snapshot())).toEqual([]), { timeout: 20_000 });
  let sustained: ReturnType<typeof sustain> | undefined;
  /** As the engine does it: what goes on while the fault lasts included. */
  async function inject(): Promise<void> {
    await kind.inject(control(), injection);
    if (kind.waitsForMoment === true) {
      const link = running.control("network", target)[0];
      requests ??= sustain(
        50,
        async () => void (await link?.probe(300)),
        () => undefined,
      );
    }
    if (kind.sustain === undefined || sustained !== undefined) return;
    const act = (): Promise<void> => kind.sustain?.act(control(), injection) ?? Promise.resolve();
    sustained = sustain(kind.sustain.everyMs(injection.parameters), act, () => undefined);
  }
  async function heal(): Promise<void> {
    await sustained?.end();
    sustained = undefined;
    await requests?.end();
    requests = undefined;
    await kind.heal(control(), injection);
  }

  test("has parameters that it accepts, and says in words what it is, what it needs and what it leaves", () => {
    expect(kind.problems(kind.example)).toEqual([]);
    expect(injection.title).toContain(target);
    expect(kind.summary).not.toMatch(/\.$/);
    expect(kind.residue.length).toBeGreaterThan(3);
  });

  test("refuses parameters that make no sense, each with the remedy", () => {
    for (const [parameter, value] of Object.entries(kind.example)) {
      const wrongText = freeText.includes(parameter) ? [7, null] : ["", 7, null, "; DROP TABLE x"];
      const wrong = typeof value === "number" ? [-1, Number.NaN, 1e12, "5", null] : wrongText;
      for (const bad of wrong) {
        const problems = kind.problems({ ...kind.example, [parameter]: bad });
        expect(
          problems.map((one) => one.where),
          `${parameter}: ${String(bad)}`,
        ).toContain(parameter.replace(/Ms$/, ""));
        expect(problems[0]?.remedy).toMatch(/^(Give|State|Did you mean|Available)\b/);
      }
    }
  });

  test("is absent, acts when injected, also twice, and is absent when healed, also twice", async () => {
    await isSeen("absent");
    await inject();
    await isSeen("acting");
    await inject();
    await isSeen("acting");
    await heal();
    await isSeen("absent");
    await heal();
    await isSeen("absent");
    await isAsBefore();
  });

  test("can be healed without having been injected", async () => {
    await heal();
    await isSeen("absent");
  });

  test("can be undone from what stands in the journal alone, also twice", async () => {
    const steps = kind.undo(control(), injection);
    await inject();
    await isSeen("acting");
    await sustained?.end();
    sustained = undefined;
    expect(await undoAll(steps)).toEqual([]);
    expect(await undoAll(steps)).toEqual([]);
    // Where there is nothing to undo, the fault ends with the processes of the run; here they live on.
    if (steps.length === 0) await heal();
    await isSeen("absent");
    await isAsBefore();
  });

  test("can be healed while its target is dead, and is absent when that is back", async () => {
    const end = target.split("->").at(-1)!;
    const [victim] = running.control("process", end);
    await inject();
    await isSeen("acting");
    await victim?.kill();
    // It may say that there is nobody to talk to, but not hang.
    await heal().catch(() => undefined);
    await victim?.restart();
    await heal();
    await isSeen("absent");
    await isAsBefore();
  });
}
