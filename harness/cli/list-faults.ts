import { exampleCall, exampleTarget } from "../faults/example-call.ts";
import { faultKinds } from "../faults/index.ts";
import { capabilityKinds, capabilityTargets } from "../model/capabilities.ts";
import type { Environment } from "../model/environment.ts";
import { exits, FaultlineError, messageOf, usageError } from "../model/errors.ts";
import type { FaultKind } from "../model/fault.ts";
import { didYouMean } from "../plan/suggest.ts";
import { environmentNamed } from "./environments.ts";
import type { Output } from "./output.ts";

/** A kind of fault as `list --faults --json` gives it. */
interface FaultRow extends Pick<FaultKind, "kind" | "needs" | "summary" | "example" | "receipt" | "residue"> {
  readonly actsOn: "link" | "component";
  /** Only on components of these kinds; absent: on all. */
  readonly components?: readonly string[];
  /** The example in words, and as a scenario states it. */
  readonly title: string;
  readonly call: string;
  readonly here: boolean;
  /** Why it can't be done here. */
  readonly missing?: string;
}

export interface FaultFlags {
  /** A name, or true for all. */
  readonly faults: string | true;
  readonly env: string;
  readonly json?: boolean;
}

/** `faultline list --faults`: every kind, and whether it can be done here. @returns the exit code */
export async function listFaults({ faults, env, json }: FaultFlags, output: Output): Promise<number> {
  const kinds = faults === true ? faultKinds : [kindNamed(faults)];
  const why = await whyNotIn(env);
  const rows = kinds.map((kind) => rowOf(kind, why(kind)));
  if (json === true) output.json(faults === true ? rows : rows[0]);
  else output.print(...(faults === true ? table(rows, output) : rows.flatMap((row) => sheet(row, output))));
  return exits.pass;
}

function kindNamed(name: string): FaultKind {
  const kind = faultKinds.find((one) => one.kind === name);
  if (kind !== undefined) return kind;
  const known = faultKinds.map((one) => one.kind);
  const remedy = `${didYouMean(name, known)} \`faultline list --faults\` tells more.`;
  throw usageError({ code: "UNKNOWN_FAULT", where: "list --faults", message: `"${name}" is no fault`, remedy });
}

/** Asks the environment on this machine. @returns why a kind can't be done; undefined when it can */
async function whyNotIn(name: string): Promise<(kind: FaultKind) => string | undefined> {
  const entry = environmentNamed(name);
  let environment: Pick<Environment, "capabilities">;
  try {
    environment = await entry.open();
  } catch (error) {
    if (!(error instanceof FaultlineError)) throw error;
    return () => `the environment ${name} can't be used: ${messageOf(error)}`;
  }
  return ({ needs }) =>
    environment.capabilities.includes(needs) ? undefined : `needs ${needs}, which the environment ${name} lacks here`;
}

function rowOf(kind: FaultKind, missing: string | undefined): FaultRow {
  const { needs, summary, example, receipt, residue } = kind;
  const components = capabilityKinds[needs];
  return {
    kind: kind.kind,
    needs,
    actsOn: capabilityTargets[needs],
    ...(components === undefined ? {} : { components }),
    summary,
    example,
    title: kind.title({ kind: kind.kind, target: exampleTarget(kind), parameters: example }),
    call: exampleCall(kind),
    receipt,
    residue,
    here: missing === undefined,
    ...(missing === undefined ? {} : { missing }),
  };
}

/** Grouped by what they act on, each with its summary and its example in words. */
function table(rows: readonly FaultRow[], { colours, width }: Output): readonly string[] {
  const longest = Math.max(...rows.map(({ kind }) => kind.length));
  const groups = [...new Set(rows.map(({ needs }) => needs))];
  const lines = groups.flatMap((needs) => {
    const group = rows.filter((row) => row.needs === needs);
    const { actsOn, components = [] } = group[0] ?? {};
    const on = components.length > 0 ? `a ${actsOn} of the kind ${components.join(" or ")}` : `any ${actsOn}`;
    return [
      `${colours.bold(needs)}${colours.dim(`  on ${on}`)}`,
      ...group.flatMap((row) => {
        const mark = row.here ? colours.green("✓") : colours.red("✗");
        const said = [row.summary, `as ${row.title}`, ...(row.missing === undefined ? [] : [row.missing])];
        const [first = "", ...others] = said.flatMap((text) => wrapped(text, width - longest - 6));
        const indent = " ".repeat(longest + 6);
        return [
          `  ${mark} ${colours.bold(row.kind.padEnd(longest))}  ${first}`,
          ...others.map((line) => `${indent}${colours.dim(line)}`),
        ];
      }),
      "",
    ];
  });
  const here = rows.filter((row) => row.here).length;
  return [
    ...lines,
    `${here} of ${rows.length} can be done here. \`faultline list --faults <name>\` tells all about one.`,
  ];
}

/** Everything about one kind. */
function sheet(row: FaultRow, { colours, width }: Output): readonly string[] {
  const facts: readonly (readonly [string, string])[] = [
    ["what", row.summary],
    ["acts on", row.components === undefined ? `any ${row.actsOn}` : `a ${row.actsOn}: ${row.components.join(" or ")}`],
    ["needs", row.needs],
    ["example", row.call],
    ["in words", row.title],
    ["receipt", row.receipt],
    ["leaves", row.residue],
    ["here", row.missing ?? "can be done"],
  ];
  const longest = Math.max(...facts.map(([name]) => name.length));
  return [
    `${row.here ? colours.green("✓") : colours.red("✗")} ${colours.bold(row.kind)}`,
    ...facts.flatMap(([name, text]) =>
      wrapped(text, width - longest - 4).map(
        (line, index) => `  ${colours.dim((index === 0 ? name : "").padEnd(longest))}  ${line}`,
      ),
    ),
  ];
}

/** Breaks a text between words, so that no line is longer than this, if its words allow. */
function wrapped(text: string, width: number): readonly string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last !== "" && last.length + 1 + word.length > Math.max(width, 20)) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines;
}
