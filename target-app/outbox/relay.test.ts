import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Database, Session } from "../platform/database.ts";
import { createLog } from "../platform/log.ts";
import { both, withMutant } from "../testing/mutant.ts";

const log = createLog({ logLevel: "silent", instance: "test" });

/** One in which there is always one more event to send. */
function fullOutbox(): Database {
  const result = { command: "", rowCount: 1, oid: 0, fields: [], rows: [{ id: "1", payload: {} }] };
  const session = { query: async () => result } as unknown as Session;
  return {
    ...session,
    transaction: (body) => body(session),
    usage: () => ({ open: 0, idle: 0, waiting: 0 }),
    close: async () => undefined,
  };
}

it("backoff-never-reset: the pause grows with each short fault, however often it worked between them", async () => {
  const faults = 3;
  const seen = await both("backoff-never-reset", async (who) => {
    const { startRelay } = await withMutant(who, () => import("./relay.ts"));
    let asked = 0;
    let failedAt = 0;
    const pauses: number[] = [];
    const deliver = async () => {
      await sleep(5);
      if (failedAt > 0) pauses.push(performance.now() - failedAt);
      failedAt = 0;
      asked += 1;
      if (asked % 3 !== 0 || pauses.length === faults) return;
      failedAt = performance.now();
      throw new Error("it is away");
    };
    const relay = startRelay({ kind: "product-changed", deliver }, { database: fullOutbox(), log, idleMs: 10 });
    while (pauses.length < faults) await sleep(20);
    await relay.stop();
    return pauses.at(-1)! > 1000 ? "for long" : "for a moment";
  });
  expect(seen).toEqual({ mutant: "for long", correct: "for a moment" });
});
