import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type MutantName, mutants, problemOfMutant } from "./mutants.ts";
import { withMutant } from "./testing/mutant.ts";

const files = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({ path, text: readFileSync(join(import.meta.dirname, path), "utf8") }));
const isTest = ({ path }: { path: string }) => path.endsWith(".test.ts");

/** The names in every `mutated(…)`. */
const applied = files
  .filter((file) => !isTest(file))
  .flatMap(({ text }) => [...text.matchAll(/\bmutated\(([^)]*)\)/g)])
  .flatMap(([, names = ""]) => [...names.matchAll(/"([^"]+)"/g)].map(([, name]) => name));

it("has forty-three bugs, and names the public thread of each that was seen in another project", () => {
  const all = Object.values(mutants);
  expect(all).toHaveLength(43);
  const threads = all.flatMap((mutant) => ("seen" in mutant ? mutant.seen : []));
  expect(threads).toHaveLength(15);
  expect(threads.filter((thread) => !/^[\w.-]+\/[\w.-]+#\d+$/.test(thread))).toEqual([]);
  expect(new Set(threads)).toHaveProperty("size", threads.length);
});

it.each([
  ["", []],
  ["lost-del", ["lost-del"]],
  ["no-aof,lost-del", ["lost-del", "no-aof"]],
] as const)("switches on those that MUTANT=%s names, and no other", async (value, expected) => {
  const { mutated } = await withMutant(value as MutantName, () => import("./mutants.ts"));
  expect(problemOfMutant(value)).toBeUndefined();
  const names = Object.keys(mutants) as MutantName[];
  expect(names.filter((name) => mutated(name))).toEqual(expected);
});

it.each([
  ["lost-dell", 'unknown name "lost-dell": did you mean "lost-del"?'],
  ["lost-del,no-aoff", 'unknown name "no-aoff": did you mean "no-aof"?'],
  ["lost-del, no-aof", 'unknown name " no-aof": did you mean "no-aof"?'],
  ["LOST-DEL", 'did you mean "lost-del"?'],
  ["lost-del,", 'unknown name ""'],
  ["toString", 'unknown name "toString". Allowed: set-on-write, '],
  ["something else", "several with a comma, and no space, between them"],
  ["lost-del,no-aof,lost-del", '"lost-del" more than once'],
])("refuses MUTANT=%s", (value, reason) => {
  expect(problemOfMutant(value)).toContain(reason);
});

it.each(Object.keys(mutants))("%s is applied somewhere, in few places, and a test shows what it does", (name) => {
  const places = applied.filter((each) => each === name).length;
  expect(places).toBeGreaterThanOrEqual(1);
  expect(places).toBeLessThanOrEqual(3);
  const tests = files.filter(
    (file) => isTest(file) && file.path !== "mutants.test.ts" && file.text.includes(`"${name}"`),
  );
  expect(tests.map(({ path }) => path)).not.toEqual([]);
});
