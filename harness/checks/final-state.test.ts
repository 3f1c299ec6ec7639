import { describe, expect, it, test } from "vitest";
import type { Check, FinalState } from "../model/check.ts";
import { seconds } from "../model/units.ts";
import { cacheAgrees } from "./cache-agrees.ts";
import { deadLettersAreDeserved } from "./dead-letters-are-deserved.ts";
import { effectsExactlyOnce } from "./effects-exactly-once.ts";
import { indexAgrees } from "./index-agrees.ts";
import { noLostJobs } from "./no-lost-jobs.ts";
import { evidenceOf, order, read, type Step, storyOperations, write } from "./testing/history.ts";

// For each anomaly a history and a final state that must fail, and a twin that must pass.

const rest = (change: object): { finalState: FinalState } => ({
  finalState: { registers: [], items: [], ...change },
});
const judged = (check: Check, change: object, steps: readonly Step[] = [order(12_000)]) =>
  check.judge(evidenceOf(steps, rest(change)));
const done = { id: 0, state: "completed", effects: 1 } as const;
const dead = { id: 0, state: "dead", effects: 0, attempts: 3, attemptsAllowed: 3 } as const;

describe("a final state that is not what its type says", () => {
  const wrong = { registers: [{ key: 3, version: "17", value: null }] };

  it.each([noLostJobs(), effectsExactlyOnce(), deadLettersAreDeserved(), cacheAgrees(), indexAgrees()])(
    "$name decides nothing, and names the field",
    (check) => {
      const parts = { items: [{ id: 0, count: 1 }], jobs: [done], cache: [{ key: 1, cached: 1, row: 1 }], index: [] };
      expect(judged(check, { ...parts, ...wrong })).toMatchObject({
        verdict: "inconclusive",
        actual: expect.stringMatching(/registers\[0\]\.version is the text "17"/),
      });
    },
  );

  it("is the cause that a check gives, where it was stored or the audit was refused", () => {
    const text = 'the audit failed: items[0].count is the text "1"';
    const events = [...evidenceOf([]).events, { atMs: 1, type: "error", text } as const];
    expect(noLostJobs().judge(evidenceOf([], { events })).actual).toContain(text);
    const finalStateProblem = "registers[0].key is missing";
    expect(effectsExactlyOnce().judge(evidenceOf([], { finalStateProblem })).actual).toContain(finalStateProblem);
    expect(effectsExactlyOnce().judge(evidenceOf([])).actual).toContain("needs an `audit`");
  });
});

describe("what is there twice counts twice", () => {
  const item = { id: 0, count: 1 };
  test.each([
    ["an item in two rows", { items: [item, item] }, { items: [item, { ...item, id: 1 }] }],
    ["an item in one row", { items: [{ id: 0, count: 2 }] }, { items: [item] }],
    ["an effect in two rows", { jobs: [done, done] }, { jobs: [done, { ...done, effects: 0 }] }],
    ["an effect in one row", { jobs: [{ ...done, effects: 2 }] }, { jobs: [done] }],
  ])("%s", (_, twice, once) => {
    expect(judged(effectsExactlyOnce(), twice)).toMatchObject({ verdict: "fail", numbers: { duplicated: 1 } });
    expect(judged(effectsExactlyOnce(), twice).actual).toContain("is there 2 times");
    expect(judged(effectsExactlyOnce(), once).verdict).toBe("pass");
  });

  test("items are counted by what is there, and none by a row that says that it is not", () => {
    expect(judged(effectsExactlyOnce(), { items: [{ id: 0, count: 0 }] }).verdict).toBe("inconclusive");
  });

  test("an effect in two states may be one or two", () => {
    const jobs = [done, { ...done, state: "pending" }];
    expect(judged(effectsExactlyOnce(), { jobs }).verdict).toBe("inconclusive");
    expect(judged(effectsExactlyOnce(), { jobs: [done, { ...done, state: "pending", effects: 0 }] }).verdict).toBe(
      "pass",
    );
  });
});

describe("a job that contradicts itself breaks each law about jobs", () => {
  const laws = [noLostJobs(), effectsExactlyOnce(), deadLettersAreDeserved()];

  it.each(laws)("$name: completed and dead", (check) => {
    expect(judged(check, { jobs: [done, dead] })).toMatchObject({ verdict: "fail", numbers: { both: 1 } });
    expect(judged(check, { jobs: [dead, done] }).actual).toMatch(/completed and dead|1 both/);
    expect(judged(check, { jobs: [done] }).verdict).toBe("pass");
  });

  it.each(laws)("$name: a state that nobody knows", (check) => {
    const jobs = [{ ...done, state: "Completed" }];
    expect(judged(check, { jobs })).toMatchObject({ verdict: "fail", numbers: { unclear: 1 } });
    expect(JSON.stringify(judged(check, { jobs }))).toContain("Completed");
  });
});

describe("no lost jobs", () => {
  const twoOrders = [order(12_000), order(12_100)];

  it("tells jobs that are gone from jobs that nobody read", () => {
    expect(judged(noLostJobs(), { jobs: [] }, twoOrders)).toMatchObject({ verdict: "fail", numbers: { lost: 2 } });
    expect(judged(noLostJobs(), {}, twoOrders)).toMatchObject({
      verdict: "inconclusive",
      actual: "the audit did not read `jobs`",
    });
  });

  it("takes the job of an order that was refused and certainly did not happen for a phantom", () => {
    const refused = (rest: Partial<Step>) => [order(12_000), order(12_100, { outcome: "rejected", ...rest })];
    const jobs = [done, { ...done, id: 1 }];
    expect(judged(noLostJobs(), { jobs }, refused({}))).toMatchObject({ verdict: "pass" });
    expect(judged(noLostJobs(), { jobs }, refused({ notExecuted: true }))).toMatchObject({
      verdict: "fail",
      numbers: { phantom: 1 },
      witness: [{ id: 1, note: "certainly was not executed; its job is completed" }],
    });
  });

  it("counts a job once that is completed and still in the queue, and says so", () => {
    const found = judged(noLostJobs(), { jobs: [done, { ...done, state: "pending", effects: 0 }] });
    expect(found).toMatchObject({ verdict: "fail", numbers: { stuck: 1, jobs: 1 } });
    expect(found.witness[0]?.note).toBe("its job is completed and still pending in the end");
  });

  it("counts a job once that nobody asked for", () => {
    const strange = { ...done, id: 7 };
    expect(judged(noLostJobs(), { jobs: [done, strange, { ...strange, state: "pending" }] })).toMatchObject({
      verdict: "fail",
      numbers: { phantom: 1, jobs: 2 },
    });
  });

  it("decides nothing on an operation that asks for no job", () => {
    const named = noLostJobs({ operations: ["order", "read"] });
    expect(judged(named, { jobs: [done] }).actual).toContain('"read" asks for no job');
    expect(judged(noLostJobs({ operations: ["order"] }), { jobs: [done] }).verdict).toBe("pass");
  });
});

describe("dead letters are deserved", () => {
  const poison = storyOperations.map((operation) => ({ ...operation, isPoison: operation.name === "order" }));
  const ofPoison = (jobs: readonly object[], ...steps: readonly Step[]) =>
    deadLettersAreDeserved().judge(evidenceOf(steps, { ...rest({ jobs }), operations: poison }));

  it.each([
    ["attempts", { attempts: 1 }],
    ["attemptsAllowed", { attemptsAllowed: 3 }],
  ])("decides nothing where of a dead job only %s is read", (_, half) => {
    const jobs = [{ id: 0, state: "dead", effects: 0, ...half }];
    expect(judged(deadLettersAreDeserved(), { jobs })).toMatchObject({
      verdict: "inconclusive",
      actual: expect.stringContaining("`attemptsAllowed` of 1 dead or pending job"),
    });
    expect(judged(deadLettersAreDeserved(), { jobs: [dead] }).verdict).toBe("pass");
  });

  it("decides nothing on a pending job of which it is unknown whether its attempts are used up", () => {
    const pending = { id: 0, state: "pending", effects: 0 };
    expect(judged(deadLettersAreDeserved(), { jobs: [pending] }).verdict).toBe("inconclusive");
    const tried = { ...pending, attempts: 1, attemptsAllowed: 3 };
    expect(judged(deadLettersAreDeserved(), { jobs: [tried] }).verdict).toBe("pass");
  });

  it("finds a job with more than one open letter, where the audit counts them", () => {
    const twice = judged(deadLettersAreDeserved(), { jobs: [{ ...dead, letters: 2 }] });
    expect(twice).toMatchObject({ verdict: "fail", numbers: { twice: 1, hasty: 0 } });
    expect(twice.witness[0]?.note).toBe("job 0 has 2 open dead letters");
    // One row for each letter.
    const rows = [{ ...dead, letters: 1 }, { ...dead, letters: 1 }, dead];
    expect(judged(deadLettersAreDeserved(), { jobs: rows })).toMatchObject({ verdict: "fail", numbers: { twice: 1 } });
    expect(judged(deadLettersAreDeserved(), { jobs: [{ ...done, letters: 2 }] }).verdict).toBe("fail");
    expect(judged(deadLettersAreDeserved(), { jobs: [{ ...dead, letters: 1 }] }).verdict).toBe("pass");
    expect(judged(deadLettersAreDeserved(), { jobs: [dead] }).verdict).toBe("pass");
  });

  it("finds poison that was acknowledged and is nowhere", () => {
    expect(ofPoison([], order(12_000))).toMatchObject({ verdict: "fail", numbers: { vanished: 1 } });
    expect(ofPoison([{ id: 0, state: "dead", effects: 0 }], order(12_000)).verdict).toBe("pass");
    expect(ofPoison([], order(12_000, { granted: false })).verdict).toBe("inconclusive");
    expect(ofPoison([], order(12_000, { outcome: "unknown" })).verdict).toBe("inconclusive");
  });
});

describe("the cache agrees", () => {
  const agreed = { key: 7, cached: 2, row: 2 };
  const verdictOf = (cache: readonly object[], registers: readonly object[]) =>
    judged(cacheAgrees(), { cache, registers }, []).verdict;

  it("decides nothing where the row beside the cache is not the one among the registers", () => {
    expect(verdictOf([agreed], [{ key: 7, version: 3, value: null }])).toBe("inconclusive");
    expect(verdictOf([agreed], [{ key: 7, version: 2, value: null }])).toBe("pass");
    expect(judged(cacheAgrees(), { cache: [agreed], registers: [{ key: 7, version: 3, value: 1 }] }, []).actual).toBe(
      "the audit read version 2 of key 7 beside the cache, and version 3 among the registers",
    );
  });

  it("decides nothing where the row is not among the registers, and others are", () => {
    expect(verdictOf([agreed], [{ key: 8, version: 2, value: null }])).toBe("inconclusive");
    expect(verdictOf([agreed], [{ keyspace: "carts", key: 7, version: 9, value: null }])).toBe("pass");
    expect(verdictOf([agreed], [{ key: 7, value: null }])).toBe("pass");
  });

  it("judges each copy of a key", () => {
    expect(verdictOf([{ ...agreed, cached: 1 }, agreed], [])).toBe("fail");
    expect(verdictOf([agreed, { ...agreed, cached: 1 }], [])).toBe("fail");
    expect(verdictOf([agreed, agreed], [])).toBe("pass");
  });

  it("shows operations of the same keyspace", () => {
    const steps = [write(12_000, 7, 2), read(12_100, 7, 1)];
    const cache = [{ keyspace: "carts", key: 7, cached: 1, row: 2 }];
    const found = judged(cacheAgrees(), { cache }, steps);
    expect(found).toMatchObject({ verdict: "fail", witness: [] });
    expect(found.actual).toContain("key 7 of carts is stale");
    const operations = storyOperations.map((one) => ({ ...one, keyspace: "carts" }));
    expect(cacheAgrees().judge(evidenceOf(steps, { ...rest({ cache }), operations })).witness).toHaveLength(2);
  });
});

describe("the index agrees", () => {
  const row = { key: 7, version: 2, value: null };
  const document = { key: 7, version: 2 };
  const verdictOf = (registers: readonly object[], index: readonly object[]) =>
    judged(indexAgrees(), { registers, index }, []).verdict;

  it("keeps keyspaces apart", () => {
    const registers = [row, { ...row, keyspace: "carts", version: 5 }];
    expect(verdictOf(registers, [document, { ...document, keyspace: "carts", version: 5 }])).toBe("pass");
    expect(verdictOf(registers, [document, { ...document, keyspace: "carts" }])).toBe("fail");
    expect(judged(indexAgrees(), { registers, index: [document] }, [])).toMatchObject({
      verdict: "fail",
      actual: "1 difference: key 7 of carts is missing, version 5 only in the database",
    });
  });

  it("leaves out keyspaces that the index does not hold, where it is told which it holds", () => {
    const registers = [row, { ...row, keyspace: "carts", version: 5 }];
    const operations = storyOperations.map((one) => ({ ...one, keyspace: one.effect === "read" ? "carts" : "keys" }));
    const judgedFor = (...keyspaces: string[]) =>
      indexAgrees({ keyspaces }).judge(evidenceOf([], { ...rest({ registers, index: [document] }), operations }));
    expect(judgedFor("keys").verdict).toBe("pass");
    expect(judgedFor("keys", "carts").verdict).toBe("fail");
    expect(judgedFor("kyes").actual).toContain('no operation works on the keyspace "kyes"');
  });

  it("decides nothing on registers that stand twice, whichever of them comes last", () => {
    const old = { ...row, version: 1 };
    expect(verdictOf([old, row], [document])).toBe("inconclusive");
    expect(verdictOf([row, old], [document])).toBe("inconclusive");
    expect(verdictOf([row, { ...row, keyspace: "keys" }], [document])).toBe("inconclusive");
  });

  it("decides nothing on registers without versions, unless what is there shows it", () => {
    const bare = { key: 7, value: null };
    expect(verdictOf([bare], [document])).toBe("inconclusive");
    expect(verdictOf([bare], [])).toBe("fail");
    expect(verdictOf([bare], [document, document])).toBe("fail");
  });

  it("finds the one of two documents that is stale", () => {
    const index = [document, { key: 7, version: 1 }];
    expect(judged(indexAgrees(), { registers: [row], index }, [])).toMatchObject({
      verdict: "fail",
      numbers: { duplicate: 1, stale: 1 },
    });
  });

  it("tells an index that lost all from a run in which there was nothing to index", () => {
    expect(verdictOf([row], [])).toBe("fail");
    expect(verdictOf([], [document])).toBe("fail");
    expect(verdictOf([], [])).toBe("inconclusive");
  });

  it("counts only searches as exposed that could have been too late", () => {
    const check = indexAgrees({ lagWithin: seconds(1), operations: ["read"] });
    const level = { registers: [row], index: [document] };
    expect(judged(check, level, [write(12_000, 7, 2), read(12_500, 7, 1)]).verdict).toBe("inconclusive");
    expect(judged(check, level, [write(12_000, 7, 2), read(13_500, 7, 2)]).verdict).toBe("pass");
    expect(judged(check, level, [write(12_000, 7, 2), read(13_500, 7, 1)]).verdict).toBe("fail");
  });
});
