import { describe, expect, it } from "vitest";
import { nothingHangs } from "../checks/nothing-hangs.ts";
import { evidenceOf } from "../checks/testing/history.ts";
import type { Evidence } from "../model/check.ts";
import { historyOf, setRow } from "../model/history.ts";
import { milliseconds } from "../model/units.ts";
import { expectNothingLeft } from "./testing/conserved.ts";
import { many, operation, servingApart, tried } from "./testing/rig.ts";

expectNothingLeft();

const deadlineMs = 1000;
const operations = { any: operation("/1", { deadline: milliseconds(deadlineMs) }) };

/** What a check sees of a load on one instance. */
function seenOf({ sink, report }: Awaited<ReturnType<typeof tried>>): Evidence {
  const history = historyOf(sink.records.length);
  for (const [index, record] of sink.records.entries()) setRow(history, index, { ...record, target: 0 });
  const [search] = evidenceOf([]).operations;
  return evidenceOf([], {
    history,
    errors: sink.errors,
    operations: [{ ...search!, name: "any", deadlineMs }],
    entry: ["api-1"],
    generator: report,
  });
}

describe("a server that accepts no connection any more", { timeout: 60_000 }, () => {
  it.runIf(process.platform === "linux")("hangs, also for those whose SYN has no answer", async () => {
    // The kernel completes a few connections for a stopped server, and leaves the others unanswered.
    await using server = await servingApart("--backlog", "1");
    server.child.kill("SIGSTOP");
    const loaded = await tried({ targets: [server.address], arrivals: many(20, 20), operations });
    const { verdict, numbers, witness } = nothingHangs().judge(seenOf(loaded));
    expect(verdict).toBe("fail");
    expect(numbers).toMatchObject({ sent: 20, hung: 20 });
    expect(numbers["unconnected"]).toBeGreaterThanOrEqual(10);
    expect(witness.some(({ note }) => note === "no connection to api-1 within 1 s")).toBe(true);
  });

  it("does not while it serves", async () => {
    await using server = await servingApart("--backlog", "1");
    const loaded = await tried({ targets: [server.address], arrivals: many(20, 20), operations });
    expect(nothingHangs().judge(seenOf(loaded))).toMatchObject({ verdict: "pass", numbers: { sent: 20, hung: 0 } });
  });
});
