import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shrink } from "./shrink.ts";

const letters = "a b c d e f g h".split(" ");
/** Fails when all of these are there. */
const needs = (core: readonly string[]) => async (part: readonly string[]) => core.every((one) => part.includes(one));

describe("shrink", () => {
  it("finds any planted core, whatever is tried first", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.subarray(letters, { minLength: 1 }),
        fc.shuffledSubarray(letters, { minLength: 8 }),
        async (core, likely) => {
          expect(await shrink(letters, needs(core), likely)).toEqual({ core, isMinimal: true, passed: 0 });
        },
      ),
    );
  });

  it("asks for one alone first, in the order that it is given", async () => {
    const asked: string[] = [];
    const fails = async (part: readonly string[]) => {
      asked.push(part.join(""));
      return part.includes("c");
    };
    expect(await shrink(letters, fails, ["h", "c", "a"])).toEqual({ core: ["c"], isMinimal: true, passed: 0 });
    expect(asked).toEqual(["h", "c"]);
  });

  it("asks for those that belong together before it leaves anything out", async () => {
    const asked: string[] = [];
    const fails = async (part: readonly string[]) => {
      asked.push(part.join(""));
      return needs(["b", "g"])(part);
    };
    const together = [["a", "b"] as const, ["b", "g"] as const];
    expect(await shrink(letters, fails, letters, together)).toEqual({ core: ["b", "g"], isMinimal: true, passed: 0 });
    expect(asked.slice(-2)).toEqual(["ab", "bg"]);
    expect(asked).toHaveLength(10);
  });

  it("keeps what it has when there is no time left, and says so", async () => {
    let left = 10;
    const fails = async (part: readonly string[]) => {
      left -= 1;
      return left < 0 ? undefined : needs(["a", "b"])(part);
    };
    const { core, isMinimal } = await shrink(letters, fails);
    expect(isMinimal).toBe(false);
    expect(core).toEqual(expect.arrayContaining(["a", "b"]));
    expect(core.length).toBeLessThan(letters.length);
  });

  it("has nothing to ask of a single one", async () => {
    expect(await shrink(["a"], () => Promise.reject(new Error("asked")))).toEqual({
      core: ["a"],
      isMinimal: true,
      passed: 0,
    });
  });

  it("leaves nothing out of what fails once and never again", async () => {
    let asked = 0;
    const never = async () => {
      asked += 1;
      return false;
    };
    expect(await shrink(letters, never)).toEqual({ core: letters, isMinimal: false, passed: 1 });
    expect(asked).toBe(letters.length + 1);
  });

  it("does not take what cannot be decided for what does not fail: the core may have a smaller part", async () => {
    const undecided =
      (hidden: readonly string[], core: readonly string[]) =>
      async (part: readonly string[]): Promise<boolean | "undecided"> =>
        part.length === 1 && hidden.includes(part[0]!) ? "undecided" : core.every((one) => part.includes(one));
    expect(await shrink(letters, undecided(["a"], ["b", "c"]))).toEqual({
      core: ["b", "c"],
      isMinimal: false,
      passed: 0,
    });
    expect(await shrink(["a", "b"], undecided(["a"], ["a", "b"]))).toMatchObject({ isMinimal: false });
    // One alone has no smaller part.
    expect(await shrink(letters, undecided(["a"], ["b"]))).toEqual({ core: ["b"], isMinimal: true, passed: 0 });
  });

  it("does not count the whole as passed when that cannot be decided again", async () => {
    const whole = async (part: readonly string[]) => (part.length === letters.length ? "undecided" : false);
    expect(await shrink(letters, whole)).toEqual({ core: letters, isMinimal: false, passed: 0 });
  });
});
