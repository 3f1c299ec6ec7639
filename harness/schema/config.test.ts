import { describe, expect, it, test } from "vitest";
import { configSchema } from "./config.ts";
import { problemsAs } from "./problems.ts";

const config = {
  scenarios: "scenarios",
  environment: "local",
  output: "reports",
  seed: "7",
  reporters: ["junit"],
  allowTargets: ["staging.example"],
  budgets: [],
  mutants: [
    {
      name: "lost-del",
      environment: { MUTANT: "lost-del" },
      joins: ",",
      description: "keeps what it should delete",
    },
  ],
  canary: "canary.ts",
  proven: "proven.json",
  containers: { images: { redis: "redis:8" }, pull: "missing", platform: "linux/amd64" },
};
const problemsOf = (given: unknown): readonly string[] =>
  problemsAs(configSchema, given, { where: "", code: "BAD_FIELD" }).map(
    ({ where, message, remedy }) => `${where} ${message}. ${remedy}`,
  );

describe("a field of the configuration", () => {
  it("is right as it is documented", () => expect(problemsOf(config)).toEqual([]));

  it.each([
    null,
    3,
    Number.NaN,
    Promise.resolve(),
    new Map(),
    new Date(0),
    () => 1,
    [undefined],
    { x: 1 },
    true,
    Symbol("s"),
  ])("is never %s", (odd) => {
    for (const field of Object.keys(config).filter((one) => one !== "budgets" || !Array.isArray(odd))) {
      const found = problemsOf({ ...config, [field]: odd });
      expect(found, field).toHaveLength(1);
      expect(found[0]?.startsWith(field)).toBe(true);
      expect(found[0]).not.toMatch(/Invalid input|\[object |Leave it out, or/);
    }
  });
});

test.each<[object, RegExp]>([
  [{ scenrios: "x" }, /^scenrios is unknown\. Did you mean "scenarios"/],
  [{ mutants: [{ nmae: "a", environment: { M: "a" } }] }, /^mutants\[0\]\.nmae is unknown\. Did you mean "name"/],
  [{ mutants: [{ name: "a", enviroment: { M: "a" } }] }, /^mutants\[0\]\.enviroment .* "environment"/],
  [{ mutants: [{ name: "a", environment: { M: 1 } }] }, /^mutants\[0\]\.environment\.M is 1/],
  [{ mutants: [{ name: "a", environment: {} }] }, /^mutants\[0\]\.environment is \{\}/],
  [{ mutants: [{ name: "a", environment: { M: "a" }, joins: "" }] }, /^mutants\[0\]\.joins is ""/],
  [{ mutants: [{ name: "a", environment: { M: "a" }, joins: 1 }] }, /^mutants\[0\]\.joins is 1/],
  // What no separator can take apart again.
  [
    { mutants: [{ name: "a", environment: { M: "a,b" }, joins: "," }] },
    /^mutants\[0\]\.joins is ",".* single variable/,
  ],
  [{ mutants: [{ name: "a", environment: { M: "a", N: "b" }, joins: "," }] }, /^mutants\[0\]\.joins is ","/],
  [{ mutants: [...config.mutants, ...config.mutants] }, /^mutants .*different/],
  [{ containers: { image: {} } }, /^containers\.image is unknown\. Did you mean "images"/],
  [{ containers: { images: { reddis: "redis:8" } } }, /^containers\.images\.reddis .*"redis"/],
  [{ containers: { images: { redis: 8 } } }, /^containers\.images\.redis is 8/],
  [{ containers: { pull: "alwasy" } }, /^containers\.pull is "alwasy"\. Did you mean "always"/],
  [{ containers: { platform: "linux" } }, /^containers\.platform is "linux".*linux\/amd64/],
])("%j is refused at its place", (change, said) => {
  expect(problemsOf({ ...config, ...change })).toEqual([expect.stringMatching(said)]);
});
