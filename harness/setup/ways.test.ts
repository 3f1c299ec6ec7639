import { expect, test } from "vitest";
import { allTogether, messageOf, SetupFailure } from "./failure.mjs";
import { interruptible } from "./interrupt.mjs";
import { setUp } from "./setup.mjs";
import { goOneOf, type Way } from "./ways.mjs";

const way = (name: string, outcome: string): Way => ({
  name,
  applies: () => (outcome.startsWith("not here") ? outcome : undefined),
  run: async () => {
    if (outcome.startsWith("fails")) throw new Error(outcome);
  },
});

/** Tries the ways; `there` tells after how many of those that were gone the thing is there. */
async function attempt(ways: readonly Way[], there: number) {
  const said: string[] = [];
  let gone = 0;
  const isThere = async () => ++gone >= there;
  const company = { say: (line: string) => void said.push(line), signal: new AbortController().signal };
  const goal = { component: "thing", isThere, remedy: "Type this." };
  const result = await goOneOf(goal, ways, company).catch((error) => error);
  return { result, said };
}

test("ways are gone in order until one leads there", async () => {
  const ways = [way("first", "not here"), way("second", "fails: no network"), way("third", "ok"), way("fourth", "ok")];
  const { result, said } = await attempt(ways, 1);
  expect(result).toBeUndefined();
  expect(said).toEqual(["thing: second", "thing: second: fails: no network", "thing: third"]);
});

test("when none leads there: what was tried, why each failed, what to type, exit 3", async () => {
  const ways = [way("first", "not here: no apt-get"), way("second", "fails: no network"), way("third", "ok")];
  const { result } = await attempt(ways, 9);
  expect(result).toBeInstanceOf(SetupFailure);
  expect(result.exit).toBe(3);
  expect(result.problems).toMatchObject([{ code: "COMPONENT_NOT_TO_BE_HAD", where: "thing", remedy: "Type this." }]);
  for (const reason of ["first: not here: no apt-get", "second: fails: no network", "third: went well, but"]) {
    expect(result.message).toContain(reason);
  }
});

test("set-up gets only what is missing, and says what it does in one line a step", async () => {
  const got: string[] = [];
  const step = (name: string, isThere: boolean) => ({
    name,
    needed: "1",
    remedy: "r",
    look: async () =>
      isThere || got.includes(name)
        ? { found: { path: `/${name}`, version: "1.0", from: "the PATH" } }
        : { problem: `${name} is not here` },
    get: async () => void got.push(name),
  });
  const said: string[] = [];
  const found = await setUp({ say: (line) => said.push(line), steps: [step("a", true), step("b", false)] });
  expect(got).toEqual(["b"]);
  expect(found["b"]).toEqual({ path: "/b", version: "1.0", from: "the PATH" });
  expect(said).toEqual([
    expect.stringMatching(/^a 1\.0 from the PATH \(\d+\.\d s\)$/),
    "b: b is not here",
    expect.stringMatching(/^b 1\.0 from the PATH/),
  ]);
});

test("an interruption is no reason to try the next way, and ends with its own exit code", async () => {
  const gone: string[] = [];
  const trying = (name: string): Way => ({
    name,
    applies: () => undefined,
    run: async (signal) => {
      gone.push(name);
      process.emit("SIGTERM", "SIGTERM");
      signal.throwIfAborted();
    },
  });
  const goal = { component: "thing", isThere: async () => false, remedy: "Type this." };
  const ways = [trying("first"), trying("second")];
  const error = await interruptible((signal) => goOneOf(goal, ways, { say: () => {}, signal })).catch((one) => one);
  expect(gone).toEqual(["first"]);
  expect(error).toBeInstanceOf(SetupFailure);
  expect(error).toMatchObject({ exit: 143, problems: [{ code: "INTERRUPTED" }] });
});

test("all that is missing is told together, and a bug is not hidden by it", async () => {
  const missing = (where: string) => {
    const lack = { where, message: "could not be had", remedy: "Type this." };
    return Promise.reject(new SetupFailure([{ code: "COMPONENT_NOT_TO_BE_HAD", ...lack }]));
  };
  const error = await allTogether([missing("a"), Promise.resolve("b"), missing("c")]).catch((one) => one);
  expect(error).toBeInstanceOf(SetupFailure);
  expect(error.exit).toBe(3);
  expect(error.problems.map(({ where }: { where: string }) => where)).toEqual(["a", "c"]);
  await expect(allTogether([missing("a"), Promise.reject(new TypeError("oops"))])).rejects.toThrow("oops");
  expect(messageOf(new Error("fetch failed", { cause: new Error("refused") }))).toBe("fetch failed: refused");
});
