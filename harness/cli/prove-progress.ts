import type { Cell } from "../model/prove/proof.ts";
import { duration, estimate } from "../model/quantities.ts";
import type { Output } from "./output.ts";

/** How a cell was settled. */
interface Settled {
  /** By an earlier command. */
  readonly isKnown?: boolean;
  /** It came to no verdict, and is run again. */
  readonly isAgain?: boolean;
}

/** A line for each cell, with how many there are and how long the rest will take. */
export function proveProgress(output: Output, { total, untilDecided }: { total: number; untilDecided: boolean }) {
  const began = performance.now();
  let [settled, run] = [0, 0];
  const paint = { pass: output.colours.green, fail: output.colours.red, inconclusive: output.colours.yellow };
  const show = (): void => {
    // What was known costs no time: only what was run says how long the others take.
    const each = run === 0 ? undefined : (performance.now() - began) / run;
    // A mutant that is caught ends its queue; what is left out is no longer to come.
    const most = untilDecided ? "at most " : "";
    const left = each === undefined ? "" : `, ${most}${estimate(each * (total - settled))} left`;
    output.pin(["", output.colours.bold(`${settled} of ${most}${total} runs${left}`)]);
  };
  show();
  return {
    settled({ mutant, scenario, verdict, checks, tookMs, shared }: Cell, how: Settled = {}): void {
      if (how.isAgain !== true) settled += 1;
      if (how.isKnown !== true) run += 1;
      const who = mutant ?? "(correct)";
      const why = checks[0] === undefined ? "" : `  ${checks.map(({ name }) => name).join(", ")}`;
      const took = how.isKnown === true ? "from before" : duration(tookMs);
      const with_ = shared === undefined ? "" : `, in a run of ${shared.length} mutants`;
      const again = how.isAgain === true ? "; is run again" : "";
      const place = how.isAgain === true ? "" : `${settled}/${total}`;
      output.say(
        `${place.padStart(9)}  ${paint[verdict](verdict.padEnd(12))} ${who} × ${scenario}  ${took}${with_}${why}${again}`,
      );
      show();
    },
    /** How many are under way at a time, when it changes by itself. */
    jobs: (count: number, why: string): void => output.say(output.colours.dim(`           ${count} at a time: ${why}`)),
    end: (): void => output.pin([]),
  };
}

export type ProveProgress = ReturnType<typeof proveProgress>;
