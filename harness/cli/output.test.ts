import { expect, test } from "vitest";
import { exits, FaultlineError, type Problem } from "../model/errors.ts";
import { hostileTexts } from "../report/testing/hostile.ts";
import { explain } from "./output.ts";

const commands = ["::error::x", "::stop-commands::y", "  ::add-mask::z", "##[error]w"];
const control = /(?![\t\n])\p{Cc}/u;

test.each([...hostileTexts, ...commands])("what a component wrote last acts on no terminal and no CI: %j", (text) => {
  const message = `ended with exit 1:\n${text}\nand ${text}`;
  const known = new FaultlineError(exits.system, [{ code: "COMPONENT_EXITED", where: "api-1", message, remedy: "-" }]);
  for (const error of [known, new Error(message)]) {
    const lines = explain(error).join("\n");
    expect(lines).not.toMatch(control);
    expect(lines).not.toMatch(/^\s*(?:::|##\[)/m);
    expect(lines).toContain("ended with exit 1:\n  | ");
  }
});

test("what is wrong is told as it is", () => {
  const problem: Problem = { code: "BAD_SEED", where: "--seed", message: 'is "a b"', remedy: "Give letters." };
  expect(explain(new FaultlineError(exits.usage, [problem]))).toEqual([
    'faultline: --seed: is "a b" [BAD_SEED]\n  Give letters.',
  ]);
});
