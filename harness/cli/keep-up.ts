import type { RunningSystem } from "../model/environment.ts";
import { usageError } from "../model/errors.ts";
import type { Interrupts } from "./interrupt.ts";
import type { Output } from "./output.ts";

/** What a run does with its system when all is over, before it is taken down. */
export type KeepUp = (system: Pick<RunningSystem, "entry" | "direct">) => Promise<void>;

/** Says where everything is, and leaves it there until somebody has seen enough. */
export function keepUpUntilInterrupted(interrupts: Interrupts, output: Output): KeepUp {
  return async ({ entry, direct }) => {
    const all = [
      ...entry.map(({ instance, address }) => [`clients->${instance}`, address] as const),
      ...Object.entries(direct),
    ];
    const width = Math.max(...all.map(([name]) => name.length));
    output.say(
      "",
      output.colours.bold("The system stays up, healed, until Ctrl-C; then it is taken down, and the verdict follows."),
      ...all.map(([name, { host, port }]) => `  ${name.padEnd(width)}  ${host}:${port}`),
    );
    await interrupts.next();
  };
}

/** Of several runs each would wait for its Ctrl-C. @throws FaultlineError KEEP_UP_ONE */
export function refuseToKeepSeveral(runs: number): void {
  if (runs === 1) return;
  throw usageError({
    code: "KEEP_UP_ONE",
    where: "--keep-up",
    message: `is for one run, and these are ${runs}`,
    remedy: "Name one scenario, and leave --repeat out.",
  });
}
