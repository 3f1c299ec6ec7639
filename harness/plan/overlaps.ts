import type { Problem } from "../model/errors.ts";
import type { FaultKind, ScheduledInjection } from "../model/fault.ts";
import { linksOf, type System } from "../model/system.ts";

type Interval = { readonly fromMs: number; readonly toMs: number };

/** How long it may take until a fault is proven, or its heal. */
const proofMs = 500;

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
  const silenced = (silent: ScheduledInjection, needy: ScheduledInjection): readonly Problem[] => {
    if (!silences(silent)) return [];
    const span = spanOf(silent, faultsMs);
    const names = new Set(
      needsOf(needy, system, faultsMs)
        .filter(({ instance, during }) => silent.acts.includes(instance) && overlap(span, during))
        .map(({ instance }) => instance),
    );
    return names.size === 0 ? [] : [silencing(silent, needy, [...names])];
  };
  return drawn.flatMap((first, index) =>
    drawn.slice(index + 1).flatMap((second): readonly Problem[] => {
      if (first.kind !== second.kind) return [...silenced(first, second), ...silenced(second, first)].slice(0, 1);
      const shared = first.acts.filter((name) => second.acts.includes(name));
      const isTogether = overlap(spanOf(first, faultsMs), spanOf(second, faultsMs));
      return isTogether && shared.length > 0 ? [twice(first, second, shared)] : [];
    }),
  );
}

const overlap = (one: Interval, other: Interval): boolean => one.fromMs < other.toMs && other.fromMs < one.toMs;

/** When it may act; one that waits for a milestone may strike at any time from then on. */
function spanOf({ atMs, after, lastingMs }: ScheduledInjection, faultsMs: number): Interval {
  return { fromMs: atMs, toMs: after === undefined ? atMs + lastingMs : faultsMs };
}

/**
 * Which instances must answer, and when: the one that it is on all the time, since what was changed there does not
 * survive a restart; the one that its link leads to only while it is proven, and while its heal is.
 */
function needsOf(
  injection: ScheduledInjection,
  system: System,
  faultsMs: number,
): readonly { readonly instance: string; readonly during: Interval }[] {
  const span = spanOf(injection, faultsMs);
  const proofs =
    injection.after === undefined
      ? [span.fromMs, span.toMs].map((at) => ({ fromMs: at, toMs: at + proofMs }))
      : [{ fromMs: span.fromMs, toMs: span.toMs + proofMs }];
  const ends = linksOf(system).filter(({ name }) => injection.acts.includes(name));
  return [
    ...injection.acts.map((instance) => ({ instance, during: span })),
    ...ends.flatMap(({ to }) => proofs.map((during) => ({ instance: to.instance, during }))),
  ];
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
