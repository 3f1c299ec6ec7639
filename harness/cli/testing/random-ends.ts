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
/**
 * How long each part of such a run takes, on a machine with nothing else to do, and how often one is ended in it. A part is
 * waited for: on a busy machine a moment on the clock would nearly always be one before anything has begun.
 */
const parts: readonly { readonly phase: RunPhase | "before"; readonly lengthMs: number; readonly weight: number }[] = [
  { phase: "before", lengthMs: 900, weight: 2 },
  { phase: "provision", lengthMs: 1500, weight: 4 },
  { phase: "warmUp", lengthMs: 300, weight: 1 },
  { phase: "steady", lengthMs: 1000, weight: 2 },
  { phase: "faults", lengthMs: 4000, weight: 8 },
  { phase: "recovery", lengthMs: 1000, weight: 2 },
  { phase: "tearDown", lengthMs: 400, weight: 1 },
];
const often = parts.flatMap((part) => Array.from({ length: part.weight }, () => part));
const goneWithinMs = 5000;

/** How one run was ended, and what was left of it. */
export interface RandomEnd {
  readonly scenario: string;
  /** What was waited for, and how long after that it was ended. */
  readonly part: RunPhase | "before";
  readonly afterMs: number;
  /** In which phase it was by then, as its own events tell. */
  readonly phase: RunPhase | "before" | "over";
  readonly exit: number | string;
  readonly residues: readonly string[];
  readonly stderr: string;
}

/** What is ended, and where else something of it may be left. */
interface EndOptions {
  readonly start?: typeof startIn;
  /** How long it may take until nothing is left. Default 5 s. */
  readonly withinMs?: number;
  readonly alsoLeft?: (faultline: Faultline) => Promise<readonly string[]>;
}

/**
 * Ends a run of a random scenario at a random moment, and looks at what is left after five seconds.
 * @param end what ends it: a signal, say
 */
export async function endAtRandom(
  random: Random,
  turn: number,
  end: (faultline: Faultline) => void | Promise<void>,
  { start = startIn, withinMs = goneWithinMs, alsoLeft = () => Promise.resolve([]) }: EndOptions = {},
): Promise<RandomEnd> {
  const scenario = breakable[Math.floor(random.stream("scenarios").at(turn) * breakable.length)]!;
  const { phase: part, lengthMs } = often[Math.floor(random.stream("parts").at(turn) * often.length)]!;
  const afterMs = random.stream("moments").at(turn) * lengthMs;
  const enclosure = new Enclosure();
  try {
    const faultline = start(enclosure, scenario);
    await hasBegun(part, faultline);
    await Promise.race([sleep(afterMs), faultline.ended()]);
    const phase = phaseOf(faultline);
    await end(faultline);
    const exit = await faultline.ended();
    // What was refused was never ended in the middle of anything.
    if (phase === "over" && exit === exits.usage) throw new Error(`${scenario} was refused:\n${faultline.stderr}`);
    const residues = [...(await enclosure.residuesAfter(withinMs)), ...(await alsoLeft(faultline))];
    return { scenario, part, afterMs, phase, exit, residues, stderr: faultline.stderr };
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

/** Also returns when the run is over, as one whose system did not start is. */
async function hasBegun(part: RunPhase | "before", faultline: Faultline): Promise<void> {
  const isThere = (): boolean => faultline.events().some((event) => event.type === "phase" && event.phase === part);
  while (part !== "before" && faultline.child.exitCode === null && !isThere()) await sleep(20);
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
