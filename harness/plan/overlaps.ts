import type { Problem } from "../model/errors.ts";
import type { FaultKind, ScheduledInjection } from "../model/fault.ts";
import { linksOf, type System } from "../model/system.ts";

type Interval = { readonly fromMs: number; readonly toMs: number };

/**
 * Injections that can't go together: of one kind on one target, where neither could be proven, nor healed without the
 * other; and one that silences what another one needs alive.
 */
export function problemsOfOverlaps(
  drawn: readonly ScheduledInjection[],
  kinds: readonly FaultKind[],
  { system, faultsMs }: { readonly system: System; readonly faultsMs: number },
): readonly Problem[] {
  const silences = ({ kind }: ScheduledInjection): boolean => kinds.find((one) => one.kind === kind)?.silences ?? false;
  return drawn.flatMap((first, index) =>
    drawn.slice(index + 1).flatMap((second): readonly Problem[] => {
      const [one, other] = [spanOf(first, faultsMs), spanOf(second, faultsMs)];
      if (one.toMs <= other.fromMs || other.toMs <= one.fromMs) return [];
      const shared = first.acts.filter((name) => second.acts.includes(name));
      if (first.kind === second.kind) return shared.length === 0 ? [] : [twice(first, second, shared)];
      const silenced = (silent: ScheduledInjection, needy: ScheduledInjection): readonly Problem[] => {
        const names = silences(silent) ? silent.acts.filter((name) => needsOf(needy, system).includes(name)) : [];
        return names.length === 0 ? [] : [silencing(silent, needy, names)];
      };
      return [...silenced(first, second), ...silenced(second, first)].slice(0, 1);
    }),
  );
}

/** When it may act; one that waits for a milestone may strike at any time from then on. */
function spanOf({ atMs, after, lastingMs }: ScheduledInjection, faultsMs: number): Interval {
  return { fromMs: atMs, toMs: after === undefined ? atMs + lastingMs : faultsMs };
}

/** The instances that must answer while it is injected, proven and healed: itself, or what its link leads to. */
function needsOf({ acts }: ScheduledInjection, system: System): readonly string[] {
  const ends = linksOf(system)
    .filter(({ name }) => acts.includes(name))
    .map(({ to }) => to.instance);
  return [...acts, ...ends];
}

function twice(first: ScheduledInjection, second: ScheduledInjection, shared: readonly string[]): Problem {
  return {
    code: "OVERLAPPING_FAULTS",
    where: "faults",
    message: `"${first.title}" and "${second.title}" overlap on ${shared.join(", ")}`,
    remedy: "Let one end before the other begins, or make them one.",
  };
}

function silencing(silent: ScheduledInjection, needy: ScheduledInjection, names: readonly string[]): Problem {
  const [it, is] = names.length === 1 ? ["it gives", "is"] : ["they give", "are"];
  return {
    code: "SILENCED_FAULT",
    where: "faults",
    message: `"${needy.title}" could not be proven or healed while "${silent.title}" acts: ${names.join(", ")} ${is} needed alive, and ${it} no answer then`,
    remedy: "Let one end before the other begins, or aim them at different instances.",
  };
}
