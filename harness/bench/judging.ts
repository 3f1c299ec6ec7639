import type { Check, Evidence } from "../model/check.ts";
import { nothingGenerated } from "../model/evidence.ts";
import { grantCode, type History, historyOf, loadPhases, outcomeCode } from "../model/history.ts";
import { randomFrom } from "../model/random.ts";

/** How a history is made. */
export interface Made {
  readonly operations: number;
  readonly keys: number;
  /** Sessions, each with one operation at a time. */
  readonly clients: number;
}

const share = { reads: 0.8, writes: 0.15 } as const;

/**
 * A correct history of this size, as a good system would leave it: every client does one thing after the other, every
 * operation takes effect at a moment between its beginning and its end, reads return the last value before theirs.
 */
export function correctHistory({ operations: count, keys, clients }: Made): History {
  const history = historyOf(count);
  const draws = randomFrom("judging");
  const [kinds, keyDraws, takes] = [draws.stream("kind"), draws.stream("key"), draws.stream("takes")];
  const [versions, values] = [new Float64Array(keys).fill(1), new Float64Array(keys).fill(Number.NaN)];
  const stepMs = 60_000 / count;
  for (let row = 0; row < count; row += 1) {
    // Effects come one after the other, in the order of the rows; intervals reach around them, as far as a client's turn.
    const effectMs = 1000 + row * stepMs;
    const reach = stepMs * clients * 0.4;
    const kind = kinds.at(row);
    const key = Math.floor(keyDraws.at(row) ** 2 * keys);
    const operation = kind < share.reads ? 0 : kind < share.reads + share.writes ? 1 : 2;
    if (operation === 1) {
      versions[key]! += 1;
      values[key] = row;
    }
    history.id[row] = row;
    history.operation[row] = operation;
    history.session[row] = row % clients;
    history.key[row] = key;
    history.target[row] = row % 2;
    history.phase[row] = Math.min(loadPhases.length - 1, Math.floor((row / count) * loadPhases.length));
    history.granted[row] = grantCode(undefined);
    history.outcome[row] = outcomeCode("ok");
    history.value[row] = operation === 0 ? values[key]! : operation === 1 ? row : Number.NaN;
    history.version[row] = operation === 2 ? Number.NaN : versions[key]!;
    const beganMs = effectMs - reach * takes.at(2 * row);
    history.intendedMs[row] = beganMs;
    history.dispatchedMs[row] = beganMs;
    history.wireMs[row] = beganMs;
    history.endMs[row] = effectMs + reach * takes.at(2 * row + 1);
  }
  return history;
}

/** The evidence of a whole run with this history, so that every check has something to judge. */
export function evidenceAround(history: History, { clients }: Made): Evidence {
  const info = {
    workload: "judging",
    deadlineMs: 1000,
    keyspace: "keys",
    credential: "valid",
    isPoison: false,
  } as const;
  const orders: number[] = [];
  for (let row = 0; row < history.count; row += 1) if (history.operation[row] === 2) orders.push(row);
  const last = new Map<number, { version: number; value: number }>();
  for (let row = 0; row < history.count; row += 1) {
    if (history.operation[row] === 1) last.set(history.key[row]!, { version: history.version[row]!, value: row });
  }
  const registers = [...last].map(([key, { version, value }]) => ({ key, version, value }));
  const quarterMs = 15_000;
  const phases = Object.fromEntries(
    loadPhases.map((phase, index) => [
      phase,
      { fromMs: 1000 + index * quarterMs, toMs: 1000 + (index + 1) * quarterMs },
    ]),
  );
  return {
    history,
    errors: [""],
    operations: [
      { name: "read", effect: "read", ...info },
      { name: "write", effect: "write", ...info },
      { name: "order", effect: "insert", ...info },
    ],
    workloads: [{ name: "judging", perSecond: history.count / 60, slo: { availability: 0.99, withinMs: 1000 } }],
    entry: ["api-1", "api-2"],
    phases,
    schedule: [],
    receipts: [],
    events: [
      { atMs: 30_000, type: "gauges", when: "steady", values: { connections: clients } },
      { atMs: 62_000, type: "gauges", when: "rest", values: { connections: clients } },
    ],
    generator: {
      ...nothingGenerated,
      planned: history.count,
      recorded: history.count,
      dispatched: history.count,
    },
    finalState: {
      registers,
      items: orders.map((id) => ({ id, count: 1 })),
      cache: registers.map(({ key, version }) => ({ key, cached: version, row: version })),
      index: registers.map(({ key, version }) => ({ key, version })),
      jobs: orders.map((id) => ({ id, state: "completed", effects: 1, attempts: 1, attemptsAllowed: 3 })),
    },
  };
}

/** How long one check takes, in seconds, and what it said. */
export function timeOf(check: Check, evidence: Evidence): { readonly seconds: number; readonly verdict: string } {
  const began = performance.now();
  const { verdict } = check.judge(evidence);
  return { seconds: (performance.now() - began) / 1000, verdict };
}
