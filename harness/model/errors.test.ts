import { expect, test } from "vitest";
import type { ProblemCode } from "./error-codes/index.ts";
import { exits, FaultlineError, Interrupted, messageOf, worstExit } from "./errors.ts";

test("the exit codes of several runs come to the worst of them", () => {
  expect(worstExit([])).toBe(0);
  expect(worstExit([0, 0])).toBe(0);
  expect(worstExit([0, exits.inconclusive, exits.fail])).toBe(exits.fail);
  expect(worstExit([exits.fail, exits.system])).toBe(exits.system);
  expect(worstExit([exits.system, exits.bug, exits.fail])).toBe(exits.bug);
  expect(worstExit([exits.bug, exits.leftBroken])).toBe(exits.leftBroken);
  expect(worstExit([exits.inconclusive, exits.interrupted])).toBe(exits.interrupted);
  expect(worstExit([99])).toBe(exits.bug);
});

test("an error tells every problem with its place, its code and its remedy", () => {
  const problem = (code: ProblemCode, where: string) => ({ code, where, message: "is -1", remedy: "Give 0 or more." });
  const error = new FaultlineError(exits.usage, [problem("BAD_TIME", "faults[0]"), problem("OWN_RULE", "checks[0]")]);
  expect(error.code).toBe("BAD_TIME");
  expect(error.message).toBe(
    "faults[0]: is -1 [BAD_TIME]\n  Give 0 or more.\nchecks[0]: is -1 [OWN_RULE]\n  Give 0 or more.",
  );
});

test("an interrupted run exits as shells expect it", () => {
  expect(new Interrupted("SIGINT").exit).toBe(130);
  expect(new Interrupted("SIGTERM").exit).toBe(143);
});

test("a message names its causes", () => {
  expect(messageOf(new Error("outer", { cause: new Error("inner", { cause: "root" }) }))).toBe("outer: inner: root");
});
