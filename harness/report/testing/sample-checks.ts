import type { CheckResult, Witness } from "../../model/verdict.ts";

/** What the checks of the sample run found. */
export function sampleChecks(verdict: "pass" | "fail", seen: { ok: number; total: number }): readonly CheckResult[] {
  return [
    {
      name: "availability",
      guards: "budget",
      title: "availability of at least 98 %",
      law: "Of the operations that were due, at least this share is answered well before its deadline.",
      verdict: "pass",
      expected: "at least 98 % of all operations are ok",
      actual: `${((100 * seen.ok) / seen.total).toFixed(1)} % (${seen.ok} of ${seen.total})`,
      witness: [],
      numbers: {},
    },
    {
      name: "noLostWrites",
      guards: "safety",
      title: "no lost writes",
      law: "Every write that was acknowledged is there in the end, exactly once.",
      verdict: "pass",
      expected: "0 lost, 0 duplicated",
      actual: "0 of 371 inserts and 0 of 565 writes lost, 0 duplicated",
      witness: [],
      numbers: {},
    },
    verdict === "pass" ? freshReads : staleReads,
    {
      name: "recoversWithin",
      guards: "budget",
      title: "recovers within 3 s",
      law: "After the last fault is healed, latency and availability return to their steady state.",
      verdict: "pass",
      expected: "steady again at most 3 s after the last heal",
      actual: "steady again after 0.4 s",
      phase: "recovery",
      witness: [],
      numbers: {},
    },
  ];
}

const freshReads: CheckResult = {
  name: "noStaleReads",
  guards: "safety",
  title: "no stale reads beyond 2 s",
  law: "A read returns no version older than the newest that was acknowledged 2 s before it began.",
  verdict: "pass",
  expected: "0 stale reads",
  actual: "0 of 2,184 reads",
  witness: [],
  numbers: {},
};

const staleReads: CheckResult = {
  ...freshReads,
  verdict: "fail",
  actual: "23 of 2,184 reads returned an older version, the oldest 6.9 s behind",
  phase: "faults",
  witness: Array.from(
    { length: 8 },
    (_, index): Witness => ({
      id: 1404 + 37 * index,
      operation: "GET /products/:id",
      outcome: "ok",
      session: (5 * index) % 16,
      key: 3 + (index % 3),
      fromFaultMs: 2214.2 + 655 * index,
      violates: true,
      toFaultMs: 2217.9 + 655 * index,
      note: `returned version ${3 + (index % 2)}, ${4 + (index % 2)} was acknowledged ${(2.1 + 0.6 * index).toFixed(1)} s before`,
    }),
  ),
};
