import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

// The architecture as a test: who may import whom. Data goes one way, and a room knows only what lies before it.

const root = resolve(import.meta.dirname, "..");

/** Room → the rooms that it may import from. `npm` and `node` stand for packages and for Node's own modules. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  model: [],
  schema: ["model", "npm", "node"],
  plan: ["model", "schema", "npm", "node"],
  faults: ["model", "schema", "npm"],
  load: ["model", "schema", "safety", "npm", "node"],
  checks: ["model", "schema", "npm"],
  network: ["model", "npm", "node"],
  safety: ["model", "npm", "node"],
  store: ["model", "schema", "node"],
  export: ["model", "npm"],
  report: ["model", "npm", "node"],
  pack: ["model", "schema", "network", "npm", "node"],
  environments: ["model", "pack", "network", "safety", "npm", "node"],
  run: [
    "model",
    "schema",
    "plan",
    "faults",
    "load",
    "checks",
    "network",
    "safety",
    "store",
    "environments",
    "npm",
    "node",
  ],
  setup: ["node"],
  cli: ["*"],
  bench: ["*"],
  index: ["model", "plan", "faults", "checks"],
  vitest: ["model", "schema", "faults", "run", "cli", "npm"],
  bin: ["node"],
  scenarios: ["faultline", "npm", "node"],
  "target-app": ["npm", "node"],
};

interface Import {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const isTest = (path: string): boolean => /\.test\.m?[jt]s$|\/testing\//.test(path);

function sources(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((path) => join(folder, path))
    .filter((path) => /\.m?[jt]s$/.test(path) && !path.endsWith(".d.ts") && !isTest(path));
}

function roomOf(path: string): string {
  const [top = "", second = ""] = path.split("/");
  return top === "harness" ? second.replace(/\.m?[jt]s$/, "") : top;
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const pattern =
    /^\s*(?:import|export)\b[^"'`;]*?from\s*["']([^"']+)["']|^\s*import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm;
  return [...text.matchAll(pattern)].map(([, from, bare, dynamic]) => {
    const specifier = from ?? bare ?? dynamic ?? "";
    const target = specifier.startsWith(".")
      ? roomOf(relative(root, resolve(root, dirname(file), specifier)))
      : kind(specifier);
    return { file, from: roomOf(file), to: target };
  });
}

function kind(specifier: string): string {
  if (specifier.startsWith("node:")) return "node";
  return /^faultline(\/|$)/.test(specifier) ? "faultline" : "npm";
}

const all = ["harness", "scenarios", "target-app"].flatMap(sources).flatMap(importsOf);

test("there are imports to judge, and every room is known", () => {
  expect(all.length).toBeGreaterThan(100);
  expect([...new Set(all.map(({ from }) => from))].filter((room) => mayImport[room] === undefined)).toEqual([]);
});

test("no room imports what it may not", () => {
  const broken = all.filter(({ from, to }) => {
    const allowed = mayImport[from] ?? [];
    return from !== to && !allowed.includes("*") && !allowed.includes(to);
  });
  expect(broken).toEqual([]);
});

test("only the command line prints", () => {
  const printing = sources("harness")
    .filter((file) => !/^harness\/(cli|bench|setup|bin)/.test(file))
    .filter((file) => /\bconsole\.|process\.std(out|err)\.write\(/.test(readFileSync(join(root, file), "utf8")));
  // The watchdog says one word to the runner, over a pipe of their own.
  expect(printing).toEqual(["harness/safety/watchdog.ts"]);
});

test("only one module puts a number and its unit into words", () => {
  const spelt =
    /\.toLocaleString\(|\bNumberFormat\b|\$\{(?:[^{}]|\{[^{}]*\})*\}(?: (?:µs|ms|s|min|h|%|[kKMG]?B|bytes)(?![\w<])|\/s(?!\w))/;
  const spelling = sources("harness").filter((file) => spelt.test(readFileSync(join(root, file), "utf8")));
  expect(spelling.filter((file) => !file.startsWith("harness/setup/")).toSorted()).toEqual([
    // Baselines compare its texts with those of other versions.
    "harness/model/compare/plan-identity.ts",
    "harness/model/quantities.ts",
    // A script of a page imports nothing.
    "harness/report/browser/page.js",
  ]);
});

test("no file is longer than one concept needs", () => {
  const long = ["harness", "scenarios", "target-app"]
    .flatMap(sources)
    .filter((file) => readFileSync(join(root, file), "utf8").split("\n").length > 301);
  expect(long).toEqual([]);
});
