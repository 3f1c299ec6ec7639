import { z } from "zod";
import type { Check } from "../model/check.ts";
import { imageRoles, pullPolicies } from "../model/config.ts";
import { choice, hinted, text } from "./fields.ts";

/** The configuration of a project; `model/config.ts` says what each field means. */

const folder = (name: string) => text(`Give a folder, as ${name}: "${name === "output" ? "reports" : name}".`);
const file = (name: string, example: string) => text(`Give a file, as ${name}: "${example}".`);

const mutantExample = 'mutants: [{ name: "lost-del", environment: { MUTANT: "lost-del" } }]';
const joinsExample = 'mutants: [{ name: "lost-del", environment: { MUTANT: "lost-del" }, joins: "," }]';
const joinsRemedy = `With a single variable, give what joins the values of several mutants and is in none, as ${joinsExample}.`;
const mutant = z
  .strictObject({
    name: text(`Give each mutant a name, as ${mutantExample}.`),
    environment: hinted(
      z.record(z.string(), z.string().min(1)).refine((variables) => Object.keys(variables).length > 0),
      `Say which variables switch it on, as ${mutantExample}.`,
    ),
    joins: text(joinsRemedy).optional(),
    description: text("Say in one line what the code does instead.").optional(),
  })
  // A value with the separator in it would be read as several.
  .refine(({ environment, joins }) => joins === undefined || isJoinable(Object.values(environment), joins), {
    path: ["joins"],
  });

function isJoinable(values: readonly string[], joins: string): boolean {
  return values.length === 1 && !values[0]!.includes(joins);
}

const images = Object.fromEntries(
  imageRoles.map((role) => [role, text('Give the name of an image, as "postgres:18".').optional()]),
) as Record<(typeof imageRoles)[number], z.ZodOptional<z.ZodString>>;

export const configSchema = z.strictObject({
  scenarios: folder("scenarios").optional(),
  environment: text('Give a name, as environment: "local".').optional(),
  output: folder("output").optional(),
  seed: text('Give a text, as seed: "7".').optional(),
  reporters: hinted(z.array(z.string().min(1)), 'Give a list of names, as reporters: ["junit"].').optional(),
  allowTargets: hinted(
    z.array(z.string().min(1)),
    'Give a list of hosts, as allowTargets: ["staging.example"].',
  ).optional(),
  budgets: hinted(
    // Each of them is held to the schema of checks.
    z.array(z.custom<Check>()),
    "Give a list of checks, as budgets: [nothingHangs({ atMost: 0.01 })].",
  ).optional(),
  mutants: hinted(
    z.array(mutant).refine((mutants) => new Set(mutants.map(({ name }) => name)).size === mutants.length),
    `Give a list of different ones, as ${mutantExample}.`,
  ).optional(),
  canary: file("canary", "scenarios/controls/canary.ts").optional(),
  proven: file("proven", "scenarios/proven.json").optional(),
  containers: z
    .strictObject({
      images: z.strictObject(images).optional(),
      pull: choice(pullPolicies).optional(),
      platform: text('Give a platform, as "linux/amd64".', { pattern: /^[a-z]+\/[a-z0-9]+(\/[a-z0-9]+)?$/ }).optional(),
    })
    .optional(),
});
