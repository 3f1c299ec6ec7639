import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { runJsonSchema, runRecordSchema } from "./run-record.ts";

// `store/run.schema.json` is made from the schema beside this. `npm run docs` writes it.

/** As the formatter of this project has it: lists of plain values in one line where they fit. */
function formatted(document: object): string {
  const text = JSON.stringify(document, null, 2);
  return text.replace(
    /^( *)("[^"]+": )?\[\n((?: *(?:"[^"]*"|-?[\d.]+),?\n)+) *\](,?)$/gm,
    (all, indent, key, items, end) => {
      const line = `${indent}${key ?? ""}[${(items as string)
        .trim()
        .split(/,?\n\s*/)
        .join(", ")}]${end}`;
      return line.length <= 120 ? line : (all as string);
    },
  );
}

test("run.schema.json says what the schema says", async () => {
  await expect(`${formatted(runJsonSchema())}\n`).toMatchFileSnapshot("../store/run.schema.json");
});

const isValid = new Ajv({ allowUnionTypes: true }).compile(runJsonSchema());
const record = {
  schemaVersion: 2,
  faultline: "1.0.0",
  id: "r",
  status: "complete",
  verdict: "pass",
  sentence: "",
  reasons: [],
  course: { isComplete: true, reasons: [] },
  scenario: { id: "s", file: "s.ts", name: "s", expects: "", tags: [] },
  system: { name: "s", topology: { components: [], links: [] } },
  seed: "7",
  environment: "local",
  startedAt: "2026-01-01T00:00:00Z",
  plan: {
    scenario: "s",
    seed: "7",
    phases: [{ phase: "steady", lengthMs: 1000 }],
    schedule: [],
    workloads: [],
    operations: [],
    entry: [],
    arrivals: { count: 0, sha256: "0".repeat(64) },
    checks: [{ name: "c", parameters: {} }],
  },
  phases: { steady: { fromMs: 0, toMs: 1000 } },
  checks: [],
  versions: {},
  host: { platform: "linux", cores: 2, memoryMb: 1, node: "24" },
  replay: "",
};

test.each<[string, object, boolean]>([
  ["a record", {}, true],
  ["one of a later version with a field more", { later: { at: 1 }, host: { ...record.host, model: "x" } }, true],
  ["a verdict that nobody knows", { verdict: "failed" }, false],
  ["another version of the format", { schemaVersion: 3 }, false],
  ["a text for a number", { host: { ...record.host, cores: "2" } }, false],
  ["a phase that nobody knows", { plan: { ...record.plan, phases: [{ phase: "stedy", lengthMs: 1 }] } }, false],
  ["a digest that is none", { plan: { ...record.plan, arrivals: { count: 0, sha256: "x" } } }, false],
  ["no plan", { plan: undefined }, false],
])("%s is judged alike by the schema and by its JSON Schema", (_, change, isRight) => {
  const changed: unknown = JSON.parse(JSON.stringify({ ...record, ...change }));
  expect([isValid(changed), runRecordSchema.safeParse(changed).success]).toEqual([isRight, isRight]);
});
