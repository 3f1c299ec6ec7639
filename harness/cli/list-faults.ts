import { faultKinds } from "../faults/index.ts";
import { capabilityKinds, capabilityTargets } from "../model/capabilities.ts";
import { exits, FaultlineError, messageOf, usageError } from "../model/errors.ts";
import type { FaultKind } from "../model/fault.ts";
import { onlyForOwn } from "../plan/fault-problems.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import { environmentNamed } from "./environments.ts";
import type { Output } from "./output.ts";

/** `faultline list --faults [name...]`: what can be broken, and whether it can be here. @returns the exit code */
export async function listFaults(
  names: readonly string[],
  flags: { readonly env: string; readonly json?: boolean },
  output: Output,
): Promise<number> {
  const chosen = names.length === 0 ? faultKinds : names.map(faultNamed);
  const why = await whyNotIn(flags.env);
  const rows = chosen.map((kind) => {
    const lacks = why(kind);
    return { ...told(kind), can: lacks === undefined, ...(lacks === undefined ? {} : { lacks }) };
  });
  if (flags.json === true) output.json(rows);
  else if (names.length > 0) for (const row of rows) output.print(...inFull(row, output));
  else output.print(...table(rows, output));
  return exits.pass;
}

interface Row {
  readonly kind: string;
  readonly needs: string;
  /** What it strikes, as `a link` or `a redis`. */
  readonly on: string;
  readonly summary: string;
  readonly example: FaultKind["example"];
  readonly receipt: string;
  readonly healing: string;
  readonly residue: string;
  readonly can: boolean;
  /** Why it can't be done here; absent when it can. */
  readonly lacks?: string;
}

/** Asks the environment on this machine. @returns why a kind can't be done; undefined when it can */
async function whyNotIn(name: string): Promise<(kind: FaultKind) => string | undefined> {
  try {
    const { capabilities, lacks, attaches } = await environmentNamed(name).open();
    return (kind) => {
      if (!capabilities.includes(kind.needs)) return `needs ${kind.needs}`;
      return (attaches === undefined ? undefined : onlyForOwn(kind)) ?? lacks[kind.needs];
    };
  } catch (error) {
    // The name is wrong: that is the user's to know. Otherwise something is missing here, and so every fault is.
    if (!(error instanceof FaultlineError) || error.exit === exits.usage) throw error;
    return () => messageOf(error);
  }
}

function told({ kind, needs, summary, example, receipt, healing, residue }: FaultKind): Omit<Row, "can" | "lacks"> {
  const kinds = capabilityKinds[needs];
  const on = capabilityTargets[needs] === "link" ? "a link" : `a ${kinds?.join(" or ") ?? "component"}`;
  return { kind, needs, on, summary, example, receipt, healing, residue };
}

function table(rows: readonly Row[], { colours }: Output): readonly string[] {
  const width = Math.max(...rows.map(({ kind }) => kind.length));
  const groups = Map.groupBy(rows, ({ on }) => on);
  return [...groups].flatMap(([on, group], index) => [
    ...(index === 0 ? [] : [""]),
    colours.dim(on),
    ...group.map(({ kind, summary, lacks }) => {
      const not = lacks === undefined ? "" : colours.red(`  (not here: ${lacks})`);
      return `  ${colours.bold(kind.padEnd(width))}  ${summary}${not}`;
    }),
  ]);
}

function inFull({ kind, on, summary, needs, lacks, example, receipt, healing, residue }: Row, { colours }: Output) {
  return [
    `${colours.bold(kind)}  on ${on}: ${summary}`,
    `  example  ${JSON.stringify(example)}`,
    `  needs    ${needs}${lacks === undefined ? "" : colours.red(` (not here: ${lacks})`)}`,
    `  receipt  ${receipt}`,
    `  healing  ${healing}`,
    `  residue  ${residue}`,
  ];
}

function faultNamed(name: string): FaultKind {
  const kind = faultKinds.find((one) => one.kind === name);
  if (kind !== undefined) return kind;
  const known = faultKinds.map((one) => one.kind);
  throw usageError({
    code: "UNKNOWN_FAULT",
    where: "list --faults",
    message: `"${name}" is no fault`,
    remedy: didYouMean(name, known),
  });
}
