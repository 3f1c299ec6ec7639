import type { Exploration } from "../../model/explore/exploration.ts";
import { type Cell, type Proof, proofOfMutant, tallies, verdictOf } from "../../model/prove/proof.ts";

/** A cell as a run leaves it. */
export const sampleCell = (mutant: string | null, scenario: string, verdict: Cell["verdict"], index = 1): Cell => ({
  mutant,
  scenario,
  seed: `prove-${index}`,
  fingerprint: "0123456789abcdef",
  verdict,
  checks: verdict === "pass" ? [] : [{ name: "noStaleReads", actual: "3 stale reads of 1860" }],
  tookMs: 28_400,
  run: `20260101T000000Z-${scenario}-prove-${index}`,
});

/** A proof with one mutant of each fate, a scenario that could not tell, and a canary. @param text put where texts are */
export function sampleProof(text = ""): Proof {
  const ids = [`cache-partition${text}`, `database-crash${text}`];
  const parts = {
    canary: tallies([sampleCell(null, `canary${text}`, "fail")])[0]!,
    correct: tallies(
      ids.flatMap((id, index) => [
        sampleCell(null, id, "pass"),
        sampleCell(null, id, index === 0 ? "pass" : "inconclusive", 2),
      ]),
    ),
    mutants: (["fail", "pass", "inconclusive"] as const).map((verdict) =>
      proofOfMutant(
        { name: `${verdict}${text}`, description: `the code does something else${text}` },
        ids.map((id, index) => sampleCell(verdict, id, index === 0 ? verdict : "inconclusive")),
      ),
    ),
  };
  return {
    version: 1,
    seed: `prove${text}`,
    faultline: "0.1.0",
    ...verdictOf(parts),
    ...parts,
    scenarios: ids.map((id) => ({ id, name: `something breaks${text}` })),
  };
}

/** An exploration that found something, and tried some of what there is. @param text put where texts are */
export function sampleExploration(text = ""): Exploration {
  const share = { failed: 3, runs: 3 };
  const inject = { kind: "kill", target: `worker-1${text}`, parameters: {}, acts: [`worker-1${text}`] };
  return {
    version: 1,
    seed: `1${text}`,
    scenario: `any-fault${text}`,
    tookMs: 287_000,
    runs: 14,
    inconclusive: 1,
    schedules: 3,
    judged: 2,
    undecided: 1,
    reasons: [
      {
        reason: `the host was overloaded${text}`,
        remedy: `Free it.${text}`,
        schedules: 1,
        run: `20260101T000000Z-1-2-1-1${text}`,
      },
    ],
    pairs: 2,
    singles: (["pass", "fail", "inconclusive", "not tried"] as const).map((verdict) => ({
      title: `${verdict} worker-1${text}`,
      verdict,
    })),
    reproducers: [
      {
        name: `1-3${text}`,
        checks: [{ name: `noLostJobs${text}`, actual: `1 of 262 acknowledged jobs lost${text}` }],
        schedule: [{ ...inject, id: "i1", atMs: 300, lastingMs: 1500, title: `kill worker-1${text}` }],
        isMinimal: false,
        with: share,
        without: { failed: 0, runs: 3 },
        file: `reports/explore/1-3-2.ts${text}`,
        replay: `MUTANT=x npx faultline run reports/explore/1-3-2.ts --seed 1-1${text}`,
        run: `20260101T000000Z-1-3-2-1-1${text}`,
        afterMs: 201_000,
      },
    ],
  };
}
