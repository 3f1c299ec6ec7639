import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { capabilityKinds, capabilityTargets } from "../model/capabilities.ts";
import type { FaultKind } from "../model/fault.ts";
import { faultKinds } from "./index.ts";

// `docs/faults.md` is made from what stands beside the code. `npm run docs` writes it; this test finds out when it is old.

/** The text and the parameters of a function's docstring. */
interface Doc {
  readonly text: string;
  readonly parameters: readonly string[];
}

const folder = import.meta.dirname;
const sources = readdirSync(folder)
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
  .map((name) => readFileSync(join(folder, name), "utf8"));

/** The docstring of the function that states a fault in a scenario. */
function docOf(kind: string): Doc {
  const pattern = new RegExp(String.raw`/\*\*((?:(?!\*/)[\s\S])*)\*/\nexport function ${kind}<`);
  const comment = sources.map((source) => pattern.exec(source)?.[1]).find((found) => found !== undefined);
  if (comment === undefined) throw new Error(`no function ${kind} with a docstring states this fault in a scenario`);
  const lines = comment.split("\n").map((line) => line.replace(/^\s*\* ?/, "").trim());
  const [text = "", ...parameters] = lines.join(" ").split(/(?:^|[ ;])@param options\./);
  return { text: text.trim(), parameters: parameters.map((one) => one.trim().replace(/;$/, "")) };
}

function section(kind: FaultKind): string {
  const { text, parameters } = docOf(kind.kind);
  const [what, not] = text.split(/(?=Not simulated: )/);
  const kinds = capabilityKinds[kind.needs];
  const target =
    capabilityTargets[kind.needs] === "link"
      ? "a link"
      : `a component${kinds === undefined ? "" : ` (${kinds.join(", ")})`}`;
  const rows = [
    ["strikes", target],
    ...parameters.map((one) => ["parameter", one.replace(/^(\w+)/, "`$1`")]),
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
all instances (\`api->cache\`, \`api\`), one (\`api-1->cache\`, \`api-1\`), or with \`on: "one"\` one that the seed picks.

- \`at\` is a time after the start of the phase \`faults\`, or a window \`{ from, to }\` of which the seed picks a moment.
- \`after: accepted(200)\`, \`accepted(50, ["buy"])\` or \`commits("postgres", 100)\` lets it strike once the run has come so far.
- \`...repeated({ at, lasting, inject }, { every, times })\` is the same again and again.
- \`...rollingRestart(instances, { at })\` ends and starts one instance after the other.
- \`killRandom({ every, among, within })\` kills without warning, whom and when the seed says.

Two kinds on one target go together, and each heals without undoing the other. Two of one kind on one target at one time are
refused, and so is a fault whose target another one silences. Every fault is measured before, during and after, on the path that
it acts on, and must last longer than that measurement takes (\`SHORTER_THAN_ITS_PROOF\`). One without a receipt, one that met no
operation, and one on a link over which nothing went make the run inconclusive. What it leaves changed is exit 4.
`;

const titles: Readonly<Record<string, string>> = {
  network: "Links",
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

test.each(faultKinds.map(({ kind }) => kind))(
  "%s says what it does not simulate, and the bounds of its parameters",
  (kind) => {
    const { text, parameters } = docOf(kind);
    expect(text).toMatch(/Not simulated: /);
    const named = faultKinds.find((one) => one.kind === kind)!;
    const { example } = named;
    const told = parameters.map((one) => /^(\w+) (.*)$/.exec(one)?.slice(1) ?? [one, ""]);
    expect(told.map(([option]) => option)).toEqual(Object.keys(example).map((name) => name.replace(/Ms$/, "")));
    for (const [index, name] of Object.keys(example).entries()) {
      const [problem] = named.problems({ ...example, [name]: Number.NaN });
      const most = /at most ([\d.]+)/.exec(problem?.remedy ?? "")?.[1];
      // No number, or one whose bound is another parameter.
      if (most === undefined || Object.values(example).includes(Number(most))) continue;
      const [option, meaning = ""] = told[index] ?? [];
      // 60000 ms is told as 60 s, 10000 bytes as 10,000.
      const ways = [Number(most).toLocaleString("en"), `${Number(most) / 1000} s`];
      expect(
        ways.some((way) => meaning.includes(way)),
        `${option}: "${meaning}" tells none of ${ways.join(", ")}`,
      ).toBe(true);
    }
  },
);
