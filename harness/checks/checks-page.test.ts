import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import type { PlanFacts } from "../model/check.ts";
import { milliseconds, seconds } from "../model/units.ts";
import { allowedBy } from "../schema/fields.ts";
import { bare } from "../schema/problems.ts";
import { type CheckName, checkFrom, checkNames, optionsSchemaOf } from "./index.ts";

// `docs/checks.md` is made from what stands beside the code. `npm run docs` writes it; this test finds out when it is old.

const folder = import.meta.dirname;
const sources = readdirSync(folder)
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
  .map((name) => readFileSync(join(folder, name), "utf8"));

/** As a scenario would state it. */
const examples: Readonly<Partial<Record<CheckName, readonly [text: string, options: unknown]>>> = {
  authFailsClosed: ["{ revokedWithin: seconds(5) }", { revokedWithin: seconds(5) }],
  availability: ["{ atLeast: 0.99 }", { atLeast: 0.99 }],
  errorBudget: ["{ burnAtMost: 1 }", { burnAtMost: 1 }],
  latencyWithin: ["{ p99: milliseconds(200) }", { p99: milliseconds(200) }],
  noStaleReads: ["{ within: seconds(2) }", { within: seconds(2) }],
  recoversWithin: ["seconds(3)", seconds(3)],
  retriesEnd: ['{ operations: ["insist"] }', { operations: ["insist"] }],
};

/** A run of ten seconds a phase in which nobody does anything, and that reads no final state. */
const emptyPlan: PlanFacts = {
  operations: [],
  workloads: [],
  due: { warmUp: [], steady: [], faults: [], recovery: [] },
  phases: {
    warmUp: { fromMs: 0, toMs: 10_000 },
    steady: { fromMs: 10_000, toMs: 20_000 },
    faults: { fromMs: 20_000, toMs: 30_000 },
    recovery: { fromMs: 30_000, toMs: 40_000 },
  },
  schedule: [],
  hasAudit: false,
};

const textOf = (comment: string): string =>
  comment
    .split("\n")
    .map((line) => line.replace(/^\s*(?:\/\*\*|\*(?!\*)) ?/, "").trimEnd())
    .join("\n")
    .trim();

const sourceOf = (name: CheckName): string =>
  sources.find((source) => source.includes(`export function ${name}(`)) ?? "";

/** The docstring of the function that states a check in a scenario. */
function docOf(name: CheckName): string {
  const pattern = new RegExp(String.raw`/\*\*((?:(?!\*/)[\s\S])*)\*/\nexport function ${name}\(`);
  const comment = pattern.exec(sourceOf(name))?.[1];
  if (comment === undefined) throw new Error(`the function ${name} has no docstring`);
  return textOf(comment);
}

/** What stands above an option where it is declared; empty where its name says it all. */
function meaningOf(name: CheckName, option: string): string {
  const pattern = new RegExp(String.raw`/\*\*((?:(?!\*/)[\s\S])*)\*/\n\s*${option}:`);
  const comment = pattern.exec(sourceOf(name))?.[1];
  return comment === undefined ? "" : textOf(comment).replaceAll("\n", " ");
}

function optionRows(name: CheckName): readonly (readonly string[])[] {
  const schema = optionsSchemaOf(name);
  const container = bare(schema);
  if (!(container instanceof z.ZodObject)) return [["option", allowedBy(container)]];
  return Object.entries(container.shape as Readonly<Record<string, z.ZodType>>).map(([option, field]) => {
    const isRequired = !field.safeParse(undefined).success;
    const usual = isRequired ? "" : "; optional";
    return ["option", `\`${option}\`: ${allowedBy(bare(field))}${usual}. ${meaningOf(name, option)}`.trim()];
  });
}

/** What a run must have, as planning says it of one that has nothing. */
function needsOf(name: CheckName, options: unknown): readonly (readonly string[])[] {
  const part = /soundState\(evidence, "(\w+)"\)/.exec(sourceOf(name))?.[1];
  const problems = checkFrom(name, options).problemsIn?.(emptyPlan) ?? [];
  const needs = problems.map(({ message, remedy }) => ["undecidable", `${message}. ${remedy}`]);
  return [...needs, ...(part === undefined ? [] : [["reads", `\`${part}\` of the final state`]])];
}

function section(name: CheckName): string {
  const [text, options] = examples[name] ?? ["", undefined];
  const { guards, law, title } = checkFrom(name, options);
  const rows = [
    ["in a report", title],
    ["law", law],
    ["guards", guards === "safety" ? "safety: one violation is one too many" : "a budget: so much is allowed"],
    ...optionRows(name),
    ...needsOf(name, options),
  ];
  return [
    `### ${name}`,
    "",
    `\`${name}(${text})\``,
    "",
    docOf(name),
    "",
    "| | |",
    "| --- | --- |",
    ...rows.map(([what, value]) => `| ${what} | ${value?.replaceAll("|", "\\|")} |`),
    "",
  ].join("\n");
}

const preface = `# Checks

Made from the code by \`npm run docs\`; change it there.

A scenario states its laws as \`checks: [noLostWrites(), recoversWithin(seconds(3))]\`. Options that are misspelt, or of another
type, are refused before the run, each with its place, as \`shop: checks[1]: noStaleReads.withIn\`. What a run of the plan could
not decide is reported before the run, with the rate or length that it would take; \`faultline validate\` refuses it. An option
that takes names takes those of the scenario's operations, workloads or keyspaces, and no others.

The tables have each law as the options in its first line make it. \`undecidable\` is why no run of a plan that has nothing could
be decided.
`;

test("docs/checks.md says what the code says", async () => {
  const groups = Map.groupBy(checkNames, (name) => checkFrom(name, examples[name]?.[1]).guards);
  const part = (title: string, guards: "safety" | "budget"): string =>
    `## ${title}\n\n${(groups.get(guards) ?? []).map(section).join("\n")}`;
  const page = [preface, part("Safety", "safety"), part("Budgets", "budget")].join("\n");
  await expect(page).toMatchFileSnapshot("../../docs/checks.md");
});

test.each(checkNames)("%s is right as its page states it, and every option is explained", (name) => {
  expect(checkFrom(name, examples[name]?.[1]).problems).toBeUndefined();
  expect(docOf(name).length).toBeGreaterThan(100);
  const quantiles = ["p50", "p95", "p99", "p999"];
  for (const [, text] of optionRows(name)) {
    const option = /^`(\w+)`/.exec(text ?? "")?.[1];
    if (option !== undefined && !quantiles.includes(option)) expect(meaningOf(name, option)).not.toBe("");
    expect(text).not.toMatch(/: anything|undefined/);
  }
});
