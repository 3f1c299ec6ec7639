import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { capabilityKinds, capabilityTargets } from "../model/capabilities.ts";
import type { FaultKind, OptionInfo } from "../model/fault.ts";
import { faultKinds } from "./index.ts";

// `docs/faults.md` is made from what stands beside the code. `npm run docs` writes it; this test finds out when it is old.

const folder = import.meta.dirname;
const sources = readdirSync(folder)
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
  .map((name) => readFileSync(join(folder, name), "utf8"));

/** The docstring of the function that states a fault in a scenario. */
function docOf(kind: string): string {
  const pattern = new RegExp(String.raw`/\*\*((?:(?!\*/)[\s\S])*)\*/\nexport function ${kind}<`);
  const comment = sources.map((source) => pattern.exec(source)?.[1]).find((found) => found !== undefined);
  if (comment === undefined) throw new Error(`no function ${kind} with a docstring states this fault in a scenario`);
  const lines = comment.split("\n").map((line) => line.replace(/^\s*\* ?/, "").trim());
  return lines.join(" ").trim();
}

/** What stands above an option where it is declared; empty when its name says it all. */
function meaningOf(kind: string, option: string): string {
  const declared = new RegExp(String.raw`const ${kind}Options = new FaultOptions\(\s*\{([\s\S]*?)\n\s*\}[,)]`);
  const fields = sources.map((source) => declared.exec(source)?.[1]).find((found) => found !== undefined) ?? "";
  return new RegExp(String.raw`/\*\* ([^\n]*) \*/\n\s*${option}:`).exec(fields)?.[1] ?? "";
}

function optionRow(kind: string, { name, allowed, isRequired, default: fallback }: OptionInfo): readonly string[] {
  const isTime = allowed.startsWith("a duration");
  const text = isTime ? `${Number(fallback) / 1000} s` : JSON.stringify(fallback);
  const usual = fallback === undefined ? (isRequired ? "" : "; optional") : `; default ${text}`;
  return ["option", `\`${name}\`: ${allowed}${usual}. ${meaningOf(kind, name)}`.trim()];
}

function section(kind: FaultKind): string {
  const text = docOf(kind.kind);
  const [what, not] = text.split(/(?=Not simulated: )/);
  const kinds = capabilityKinds[kind.needs];
  const target =
    capabilityTargets[kind.needs] === "link"
      ? "a link"
      : `a component${kinds === undefined ? "" : ` (${kinds.join(", ")})`}`;
  const rows = [
    ["strikes", target],
    ...kind.options.map((one) => optionRow(kind.kind, one)),
    ["receipt", kind.receipt],
    ["healing", kind.healing],
    ["residue", kind.residue],
    ...(kind.onlyOwn === undefined ? [] : [["only", `for what Faultline starts itself: ${kind.onlyOwn}`]]),
  ];
  return [
    `### ${kind.kind}`,
    "",
    what?.trim(),
    "",
    ...(not === undefined ? [] : [`*${not.trim()}*`, ""]),
    "| | |",
    "| --- | --- |",
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
    "",
  ].join("\n");
}

const preface = `# Faults

Made from the code by \`npm run docs\`; change it there.

A fault is stated in a scenario as \`{ at, lasting, inject: latency("api->cache", { latency: milliseconds(200) }) }\`. Its target is
all instances (\`api->cache\`, \`api\`), one (\`api-1->cache\`, \`api-1\`), or with \`on: "one"\` one that the seed picks. The link of the
users to the entry is \`clients->api\`.

- \`at\` is a time after the start of the phase \`faults\`, or a window \`{ from, to }\` of which the seed picks a moment.
- \`after: accepted(200)\`, \`accepted(50, ["buy"])\` or \`commits("postgres", 100)\` lets it strike once the run has come so far.
- \`...repeated({ at, lasting, inject }, { every, times })\` is the same again and again.
- \`...rollingRestart(instances, { at })\` ends and starts one instance after the other.
- \`killRandom({ every, among, within })\` kills without warning, whom and when the seed says.
- \`flapping(link, { within, cuts })\` cuts a link again and again for a moment, when and how long the seed says.

Two kinds on one target go together, and each heals without undoing the other. Two of one kind on one target at one time are
refused, and so is a fault whose target another one silences. Every fault is measured before, during and after, on the path that
it acts on, and should last longer than that measurement takes (\`SHORTER_THAN_ITS_PROOF\` otherwise). One without a receipt, one that met no
operation, and one on a link over which nothing went make the run inconclusive. What it leaves changed is exit 4.
`;

const titles: Readonly<Record<string, string>> = {
  network: "Links",
  relay: "Links, through a relay of our own (`--env local` only)",
  pause: "Processes that stand still",
  process: "Processes that end",
  nic: "Instances off their network (containers only)",
  rollout: "Configuration of a service",
  runtime: "Inside a Node service",
  clock: "Clocks",
  limits: "Limits",
  redis: "Redis",
  postgres: "Postgres",
};

test("docs/faults.md tells what the code tells", async () => {
  const groups = Map.groupBy(faultKinds, ({ needs }) => needs);
  const parts = [...groups].map(([needs, kinds]) => `## ${titles[needs]}\n\n${kinds.map(section).join("\n")}`);
  await expect([preface, ...parts].join("\n")).toMatchFileSnapshot("../../docs/faults.md");
});

test.each(faultKinds)("$kind says what it does not simulate, and its example has its options", (kind) => {
  expect(docOf(kind.kind)).toMatch(/Not simulated: /);
  const names = Object.keys(kind.example).map((name) => name.replace(/Ms$/, ""));
  expect(kind.options.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  expect(kind.problems(kind.example)).toEqual([]);
});

test.each(faultKinds)("$kind refuses an option that it does not have", (kind) => {
  expect(kind.problems({ ...kind.example, lasting: 3 })).toMatchObject([{ code: "UNKNOWN_OPTION", where: "lasting" }]);
});
