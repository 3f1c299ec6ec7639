import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { exits } from "../../model/errors.ts";
import type { RunPhase } from "../../model/events.ts";
import type { Random } from "../../model/random.ts";
import { Faultline } from "./faultline.ts";
import { Enclosure } from "./residues.ts";

/** Scenarios that hold every manner of fault between them; each takes about eight seconds. */
const breakable = ["links", "processes", "stores"].map((name) =>
  fileURLToPath(new URL(`./breakable/${name}.ts`, import.meta.url)),
);
/** From the start of the process to the end of a run, on a machine with nothing else to do. */
const runMs = 7500;
const goneWithinMs = 5000;

/** How one run was ended, and what was left of it. */
export interface RandomEnd {
  readonly scenario: string;
  readonly atMs: number;
  /** In which phase it was by then, as its own events tell. */
  readonly phase: RunPhase | "before" | "over";
  readonly exit: number | string;
  readonly residues: readonly string[];
  readonly stderr: string;
}

/**
 * Ends a run of a random scenario at a random moment, and looks at what is left after five seconds.
 * @param end what ends it: a signal, say
 */
export async function endAtRandom(
  random: Random,
  turn: number,
  end: (faultline: Faultline) => void | Promise<void>,
  start = startIn,
): Promise<RandomEnd> {
  const scenario = breakable[Math.floor(random.stream("scenarios").at(turn) * breakable.length)]!;
  const atMs = random.stream("moments").at(turn) * runMs;
  const enclosure = new Enclosure();
  try {
    const faultline = start(enclosure, scenario);
    await Promise.race([sleep(atMs), faultline.ended()]);
    const phase = phaseOf(faultline);
    await end(faultline);
    const exit = await faultline.ended();
    // What was refused was never ended in the middle of anything.
    if (phase === "over" && exit === exits.usage) throw new Error(`${scenario} was refused:\n${faultline.stderr}`);
    const residues = await enclosure.residuesAfter(goneWithinMs);
    return { scenario, atMs, phase, exit, residues, stderr: faultline.stderr };
  } finally {
    enclosure.remove();
  }
}

/** `faultline run` of a scenario, inside an enclosure. @param around `terminal`: in a terminal of its own */
export function startIn({ temporary, reports }: Enclosure, scenario: string, around?: "terminal"): Faultline {
  const options = { output: reports, environment: { TMPDIR: temporary } };
  return new Faultline(
    ["run", scenario, "--seed", "7", "-o", reports],
    around === undefined ? options : { ...options, around },
  );
}

function phaseOf(faultline: Faultline): RandomEnd["phase"] {
  if (faultline.child.exitCode !== null) return "over";
  return faultline.events().findLast((event) => event.type === "phase")?.phase ?? "before";
}

/** One line for people: in which phases so many ends came, and what was left. */
export function tellEnds(what: string, ends: readonly RandomEnd[]): string {
  const phases = Map.groupBy(ends, ({ phase }) => phase);
  const residues = ends.flatMap((one) => one.residues);
  const where = [...phases].map(([phase, all]) => `${phase} ${all.length}`).join(", ");
  return `${ends.length} ${what}, ${residues.length} residues (in ${where})`;
}
