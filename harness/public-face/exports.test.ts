import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, expectTypeOf, test } from "vitest";
import type {
  Address,
  AsyncOperation,
  AttachedLink,
  AttachedSettings,
  Audit,
  AuditContext,
  CacheEntry,
  Call,
  Check,
  CheckResult,
  Config,
  Credential,
  Document,
  Draw,
  DrawnInjections,
  Duration,
  Evidence,
  FaultSpec,
  FinalState,
  HttpOperation,
  HttpReply,
  HttpRequest,
  Injection,
  Job,
  Judgement,
  Keyspace,
  Milestone,
  Mutant,
  Operation,
  PrepareContext,
  Random,
  Rate,
  RateCorner,
  Register,
  RunRecord,
  Scenario,
  Slo,
  System,
  Verdict,
  Workload,
} from "../index.ts";
import * as faultline from "../index.ts";
import type { StartedSystem, SystemOptions } from "../vitest.ts";
import * as forVitest from "../vitest.ts";

// What scenarios and tests import by name. What is new is added here in the same change; what is missing here breaks the
// scenarios of those who use it, wherever its code has moved to.

const values = {
  system: "attached container openSearch perEnvironment postgres redis service system",
  scenario: "NotExecuted accepted commits defineConfig milliseconds minutes scenario seconds workload",
  checks: `authFailsClosed availability cacheAgrees comesToRest deadLettersAreDeserved effectsExactlyOnce errorBudget
    indexAgrees latencyWithin linearizable noLostJobs noLostUpdates noLostWrites noStaleReads noWrongAnswers nothingHangs
    nothingLeftBehind poolsHold recoversWithin retriesEnd staysLive staysUp stopsCleanly versionsNeverGoBack`,
  faults: `bandwidth clockSkew cpuLimit crashLoop cutWhile disconnect eventLoopBlock fileDescriptors kill latency memoryLeak
    memoryLimit misconfigure overload partition pause postgresCommitStall postgresDropIndex postgresExhaustion postgresKick
    postgresKillBackend postgresLock postgresLoginDenied postgresReadOnly redisAmnesia redisBlock redisDenied redisMaxClients
    redisMemoryFull redisNoQuorum redisOutOfMemory redisPause redisReadOnly refuse reset silence slices slowClose slowRequests
    terminate truncate uncaughtException wrongCredential`,
  severalFaults: "flapping killRandom repeated rollingRestart",
};
const named = (text: string): readonly string[] => text.trim().split(/\s+/);

test("faultline exports these values, and no others", () => {
  expect(Object.keys(faultline).toSorted()).toEqual(Object.values(values).flatMap(named).toSorted());
});

test("faultline/vitest exports these values, and no others", () => {
  expect(Object.keys(forVitest).toSorted()).toEqual(["faultTest", "startSystem", "withFault"]);
});

/** Those that take no parameter: each must still be there, and be something. */
interface Types {
  readonly system: [Address, AttachedSettings];
  readonly scenario: [Audit, AuditContext, Config, Duration, Milestone, Mutant, Random];
  readonly judging: [CacheEntry, Check, CheckResult, Document, Evidence, FinalState, Job, Register, RunRecord, Verdict];
  readonly load: [AsyncOperation, Call, Credential, Draw, HttpOperation, HttpReply, HttpRequest, Judgement, Keyspace];
  readonly moreLoad: [Operation, PrepareContext, Rate, RateCorner, Slo, Workload];
  readonly vitest: [SystemOptions];
}
type IsAny<T> = 0 extends 1 & T ? true : false;
type AnyOf<List extends readonly unknown[]> = { [Place in keyof List]: IsAny<List[Place]> }[number];

// The compiler judges this one: the test itself has nothing to do when it runs.
test("the types are there, and the first parameter of those that have one is the name that they are about", () => {
  expectTypeOf<AnyOf<Types[keyof Types]>>().toEqualTypeOf<false>();
  expectTypeOf<AttachedLink<"cache">["to"]>().toEqualTypeOf<"cache">();
  expectTypeOf<FaultSpec<"api">["target"]>().toEqualTypeOf<"api">();
  expectTypeOf<Injection<"api">["inject"]["target"]>().toEqualTypeOf<"api">();
  expectTypeOf<ReturnType<DrawnInjections<"api">>[number]["inject"]["target"]>().toEqualTypeOf<"api">();
  expectTypeOf<NonNullable<System<"api", "api->cache">["names"]>["component"]>().toEqualTypeOf<
    "api" | `api-${number}`
  >();
  expectTypeOf<NonNullable<System<"api", "api->cache">["names"]>["link"]>().toEqualTypeOf<"api->cache">();
  type Shop = System<"api", "api->cache">;
  expectTypeOf<Scenario<Shop>["system"]>().toEqualTypeOf<Shop>();
  expectTypeOf<StartedSystem<Shop>["definition"]>().toEqualTypeOf<Shop>();
});

test("a user's own annotations without parameters go on compiling", () => {
  const fault: FaultSpec = faultline.kill("api");
  const injection: Injection = { at: faultline.seconds(1), lasting: faultline.seconds(2), inject: fault };
  const drawn: DrawnInjections = () => [injection];
  const oneOf: Injection<"api" | "worker"> = { ...injection, inject: faultline.kill("worker") };
  expect(JSON.stringify([drawn(undefined as never), oneOf.inject])).toBe(
    '[[{"at":1000,"lasting":2000,"inject":{"kind":"kill","target":"api","parameters":{}}}],' +
      '{"kind":"kill","target":"worker","parameters":{}}]',
  );
});

/** What a program that imports a module loads with it: rooms of Faultline, packages, and modules of Node by their names. */
function loadedBy(file: string): readonly string[] {
  const module = JSON.stringify(new URL(`../${file}`, import.meta.url).href);
  const program = `
    import { registerHooks } from "node:module";
    const urls = [];
    registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) });
    await import(${module});
    process.stdout.write(JSON.stringify(urls));`;
  const harness = new URL("../", import.meta.url).href;
  const urls: readonly string[] = JSON.parse(
    execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8", cwd: root }),
  );
  const nameOf = (url: string): string => {
    if (url.startsWith(harness)) return `harness/${url.slice(harness.length).split("/")[0]}`;
    return /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? url;
  };
  return [...new Set(urls.map(nameOf))].toSorted();
}
const root = join(import.meta.dirname, "../..");

test("importing faultline loads no driver and no client of any server", () => {
  const packages = loadedBy("index.ts").filter((name) => !name.startsWith("harness/"));
  expect(packages).toEqual(["damerau-levenshtein", "node:util", "zod"]);
});
