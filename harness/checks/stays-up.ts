import type { Check, Evidence } from "../model/check.ts";
import type { RunEvent } from "../model/events.ts";
import { Misstated, type NoOptions, noOptions, optionsOf } from "../schema/options.ts";
import { checkOf, type Finding } from "./finding.ts";
import { undecided } from "./rows.ts";
import { counted } from "./words.ts";

type Exit = RunEvent & { readonly type: "exited" };

const law =
  "What breaks in one component ends no other: no process of the system ends that neither Faultline nor a fault ended.";
const expected = "no process that ended by itself";

/**
 * No process of the system ends by itself: one that can't do its work without another waits for it. A process that a
 * fault acts on may die of it (memory that is not there, an exception thrown into it); what died meanwhile elsewhere
 * is a crash, also where something starts it again so quickly that hardly anybody notices.
 */
export function staysUp(given: NoOptions = {}): Check {
  const options = optionsOf("staysUp", noOptions, given);
  if (options instanceof Misstated) return options.check;
  const said = {
    name: "staysUp",
    parameters: {},
    guards: "safety",
    isDisturbable: true,
    title: "everything stays up",
    law,
  } as const;
  return checkOf(said, (evidence): Finding => {
    const seen = evidence.events.filter((event) => event.type === "started").length;
    const crashes = evidence.events.filter((event): event is Exit => isCrash(event, evidence));
    const numbers = { started: seen, crashed: crashes.length };
    if (crashes.length > 0) {
      const [first] = crashes;
      const more = crashes.length === 1 ? "" : `, and ${counted(crashes.length - 1, "other", "others")}`;
      return { verdict: "fail", expected, actual: `${first!.instance} ended by itself: ${first!.how}${more}`, numbers };
    }
    if (seen === 0) return undecided(expected, "no process was started", numbers);
    return {
      verdict: "pass",
      expected,
      actual: `${counted(seen, "process", "processes")}, none ended by itself`,
      numbers,
    };
  });
}

function isCrash(event: RunEvent, { receipts }: Evidence): boolean {
  if (event.type !== "exited" || event.expected) return false;
  return !receipts.some(
    ({ on, requestedMs, healProvenMs = Number.POSITIVE_INFINITY }) =>
      on === event.instance && event.atMs >= requestedMs && event.atMs <= healProvenMs,
  );
}
