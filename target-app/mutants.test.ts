import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { mutants } from "./mutants.ts";

const files = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({ path, text: readFileSync(join(import.meta.dirname, path), "utf8") }));
const isTest = ({ path }: { path: string }) => path.endsWith(".test.ts");

/** The names in every `mutated(…)`. */
const applied = files
  .filter((file) => !isTest(file))
  .flatMap(({ text }) => [...text.matchAll(/\bmutated\(([^)]*)\)/g)])
  .flatMap(([, names = ""]) => [...names.matchAll(/"([^"]+)"/g)].map(([, name]) => name));

it("has twenty-eight bugs", () => {
  expect(Object.keys(mutants)).toHaveLength(28);
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
