import fc from "fast-check";
import type { CheckName } from "../../checks/index.ts";
import { type Duration, milliseconds } from "../../model/units.ts";

const time = (leastMs = 1): fc.Arbitrary<Duration> =>
  fc.double({ min: leastMs, max: 60_000, noNaN: true }).map(milliseconds);
const share = fc.double({ min: 0.001, max: 0.999, noNaN: true });
const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 3 });
const phases = fc.subarray(["warmUp", "steady", "faults", "recovery"], { minLength: 1 });
const some = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }, requiredKeys: (keyof T)[] = []) =>
  fc.record<T>(fields, { requiredKeys } as never);
const nothing = fc.constant({});

/** Options that each check accepts. */
export const anyOptions: Readonly<Record<CheckName, fc.Arbitrary<unknown>>> = {
  authFailsClosed: some({ revokedWithin: time() }, ["revokedWithin"]),
  availability: some({ atLeast: share, operations: names, phases, ofSteady: share, rejectedIsOk: fc.boolean() }, [
    "atLeast",
  ]),
  cacheAgrees: nothing,
  comesToRest: some({ within: share, marksWithin: time() }),
  deadLettersAreDeserved: nothing,
  effectsExactlyOnce: nothing,
  errorBudget: some({ burnAtMost: share, workloads: names }, ["burnAtMost"]),
  indexAgrees: fc.oneof(
    some({ keyspaces: names }),
    some({ lagWithin: time(), operations: names, keyspaces: names }, ["lagWithin", "operations"]),
  ),
  latencyWithin: some(
    {
      p50: time(),
      p95: time(),
      p99: time(),
      p999: time(),
      operations: names,
      phases,
      ofSteady: fc.double({ min: 1, max: 10, noNaN: true }),
    },
    ["p99"],
  ),
  linearizable: nothing,
  noLostJobs: some({ operations: names }),
  noLostUpdates: nothing,
  noLostWrites: some({ atMost: share }),
  noStaleReads: some({ within: time(0), operations: names }, ["within"]),
  noWrongAnswers: some({ operations: names }),
  nothingHangs: some({ operations: names, atMost: share }),
  nothingLeftBehind: some({ within: share }),
  poolsHold: some({ statementsWithin: time(1000) }),
  recoversWithin: time(),
  staysLive: some({ forgive: time(0) }),
  retriesEnd: some({ operations: names, within: time() }, ["operations"]),
  staysUp: nothing,
  stopsCleanly: fc.oneof(
    some({ operations: names }),
    some({ operations: names, workers: names, jobsLast: time(), triedAgain: fc.nat(100) }, ["workers"]),
  ),
  versionsNeverGoBack: some({ operations: names }),
};
