import { expect, it } from "vitest";
import type { Scenario } from "../model/scenario.ts";
import { redis, system } from "../model/system.ts";
import { eachVariant, onVariants, unknownVariant } from "./variants.ts";

const shop = (variant?: string) =>
  system({
    name: "shop",
    entry: "cache",
    components: { cache: redis() },
    ...(variant === undefined ? {} : { variant }),
  });
const scenario = (variants?: Scenario["variants"]) => ({ system: shop(), variants }) as Scenario;
const two = scenario({ one: shop(), other: shop("mutant lost-del") });
const names = (wanted?: string) =>
  onVariants("id", two, wanted).map((each) => [each.variant, each.scenario.system.variant]);

it("gives the first, each, or the one that is asked for, and says which it is beside what the system is already", () => {
  expect(names()).toEqual([["one", "one"]]);
  expect(names(eachVariant)).toEqual([
    ["one", "one"],
    ["other", "other, mutant lost-del"],
  ]);
  expect(names("other")).toEqual([["other", "other, mutant lost-del"]]);
  expect(names("third")).toEqual([]);
});

it("leaves a scenario without variants as it is, unless one is asked for by name", () => {
  const plain = { system: shop() } as Scenario;
  expect(onVariants("id", plain)).toEqual([{ scenario: plain }]);
  expect(onVariants("id", plain, eachVariant)).toEqual([{ scenario: plain }]);
  expect(onVariants("id", plain, "one")).toEqual([]);
});

it("refuses names that no command line could give, and no names at all", () => {
  expect(() => onVariants("id", scenario({}))).toThrow(/variants: is empty/);
  expect(() => onVariants("id", scenario({ "a\nb": shop() }))).toThrow(/variants: has the name/);
  expect(() => unknownVariant("on", [two])).toThrow(/no scenario has a variant "on"/);
});
