import { expect, test, vi } from "vitest";
import { checkNames } from "../checks/index.ts";
import { environmentNamed } from "../cli/environments.ts";
import { imageSettings } from "../environments/containers/settings.ts";
import { faultKinds } from "../faults/index.ts";
import { commits, partition } from "../index.ts";
import { type CapabilityName, capabilityKinds, capabilityTargets } from "../model/capabilities.ts";
import { milestoneTitle } from "../model/milestone.ts";
import { randomFrom } from "../model/random.ts";
import { milliseconds } from "../model/units.ts";
import { spaceOf, trains } from "../plan/explore.ts";
import { schedule } from "../plan/schedule.ts";
import { locateComponents } from "../setup/locate.mjs";
import { shelf } from "../testing/shelf.ts";

// Names that users read in lists, remedies and run.json, in the order in which they read them, whichever file they come from.

// Where it is looked up; the expectations below do not depend on it.
const targetOf = (name: CapabilityName): string => capabilityTargets[name];
const kindsOf = (name: CapabilityName): readonly string[] | undefined => capabilityKinds[name];
/** Names that stand in one text. */
const named = (text: string): readonly string[] => text.split(/\s+/);
const contextOf = (capabilities: readonly string[]) => ({
  faultKinds,
  environment: { name: "here", capabilities, kinds: ["redis", "service"] },
});

vi.mock("../setup/execute.mjs", () => ({ execute: async () => "postgres (PostgreSQL) 18.4" }));
vi.mock("../setup/postgres.mjs", () => ({
  postgresPackage: () => ({ native: "/npm/postgres" }),
  isUsableInPlace: () => true,
}));
vi.mock("../setup/programs.mjs", async (original) => ({
  ...(await original<typeof import("../setup/programs.mjs")>()),
  onPath: (name: string) => `/bin/${name}`,
  versionOf: async (path: string) => (path.endsWith("redis-server") ? "8.2.1" : "2.12.0"),
}));

test("the kinds of faults, in this order: another one would be another exploration for the same seed", () => {
  expect(faultKinds.map(({ kind }) => kind)).toEqual(
    named(`latency bandwidth slowClose slices truncate reset partition refuse overload slowRequests silence cutWhile
      kill pause terminate crashLoop disconnect cpuLimit fileDescriptors memoryLimit eventLoopBlock
      uncaughtException memoryLeak clockSkew misconfigure wrongCredential redisPause redisBlock redisOutOfMemory
      redisMemoryFull redisReadOnly redisNoQuorum redisMaxClients redisDenied redisAmnesia postgresKick
      postgresKillBackend postgresLock postgresReadOnly postgresCommitStall postgresExhaustion postgresLoginDenied
      postgresDropIndex`),
  );
});

// A new kind of fault changes it, and code that is only moved does not.
test("a seed explores the same faults at the same places in the same order", () => {
  const context = contextOf(["network", "pause", "process", "redis", "limits"]);
  const [, , third, fourth] = trains(spaceOf(shelf(), context), randomFrom("7"), shelf(), context);
  const injections = [third, fourth].flatMap((train) => train?.injections ?? []);
  expect(injections.map(({ inject }) => `${inject.kind} ${inject.target}`)).toEqual([
    "kill web-1",
    "partition clients->web-1",
    "pause web-2",
    "reset clients->web-2",
    "latency clients->web-2",
    "partition clients->web-2",
    "latency clients->web-1",
    "partition clients->web-2",
    "latency clients->web-1",
    "partition clients->web-1",
    "latency clients->web-2",
    "slices clients->web",
  ]);
});

test("the checks", () => {
  expect(checkNames.toSorted()).toEqual(
    named(`authFailsClosed availability cacheAgrees comesToRest deadLettersAreDeserved effectsExactlyOnce errorBudget
      indexAgrees latencyWithin linearizable noLostJobs noLostUpdates noLostWrites noStaleReads noWrongAnswers
      nothingHangs nothingLeftBehind poolsHold recoversWithin retriesEnd staysLive staysUp stopsCleanly
      versionsNeverGoBack`),
  );
});

test.each<[CapabilityName, target: string, kinds?: readonly string[]]>([
  ["network", "link"],
  ["relay", "link"],
  ["pause", "component"],
  ["process", "component"],
  ["nic", "component"],
  ["limits", "component"],
  ["rollout", "component", ["service", "container"]],
  ["runtime", "component", ["service"]],
  ["clock", "component", ["service"]],
  ["redis", "component", ["redis"]],
  ["postgres", "component", ["postgres"]],
])("the capability %s acts on a %s, of these kinds", (name, target, kinds) => {
  expect([targetOf(name), kindsOf(name)]).toEqual([target, kinds]);
});

test("no capability is without a row above: every fault needs one of them", () => {
  expect([...new Set(faultKinds.map(({ needs }) => needs))].toSorted()).toEqual(
    named("clock limits network nic pause postgres process redis relay rollout runtime"),
  );
});

test.each([
  [
    "local",
    ["network", "relay", "pause", "process", "rollout", "runtime", "clock", "limits", "redis", "postgres"],
    ["postgres", "redis", "service"],
  ],
  [
    "containers",
    ["network", "relay", "pause", "process", "nic", "rollout", "limits", "redis", "postgres"],
    ["container", "opensearch", "postgres", "redis", "service"],
  ],
  ["attach", ["network", "relay", "pause", "redis", "postgres"], ["http", "postgres", "redis"]],
])("%s has these capabilities in this order, and starts these kinds", (name, capabilities, kinds) => {
  const { facts } = environmentNamed(name);
  expect(facts.capabilities).toEqual(capabilities);
  expect([...facts.kinds].toSorted()).toEqual(kinds);
});

test("a remedy lists capabilities as the environment has them", () => {
  const inject = partition("web->store");
  const injections = [{ at: milliseconds(0), lasting: milliseconds(500), inject }];
  const stage = { system: shelf(), faultsMs: 1000, operations: [], random: randomFrom("7") };
  const { problems } = schedule(injections, stage, contextOf(["pause", "process", "clock"]));
  expect(problems).toEqual([
    {
      code: "MISSING_CAPABILITY",
      where: "faults[0].inject",
      message: "partition needs the capability network, which the environment here lacks",
      remedy: "It has pause, process, clock.",
    },
  ]);
});

test("images by their roles, in the order of the alphabet", () => {
  expect(Object.entries(imageSettings({}, {}).images)).toEqual([
    ["opensearch", "opensearchproject/opensearch:3"],
    ["postgres", "postgres:18"],
    ["redis", "redis:8"],
    ["service", "node:24"],
    ["toxiproxy", "ghcr.io/shopify/toxiproxy:2.12.0"],
  ]);
  expect(() => imageSettings({}, { FAULTLINE_IMAGES: '{"reddis":"own"}' })).toThrow(
    expect.objectContaining({
      message: expect.stringContaining("for some of opensearch, postgres, redis, service, toxiproxy."),
    }),
  );
});

test("the versions that a run of `local` writes down", async () => {
  expect(JSON.stringify((await locateComponents("/cache")).versions)).toBe(
    '{"postgres":"18.4","redis":"8.2.1","toxiproxy":"2.12.0"}',
  );
});

test("milestones in words", () => {
  expect(milestoneTitle(commits("db", 2))).toBe("2 commits on db");
  expect(milestoneTitle({ kind: "accepted", count: 50, operations: ["buy", "sell"] })).toBe("50 accepted buy, sell");
  expect(milestoneTitle({ kind: "accepted", count: 50 })).toBe("50 accepted");
});
