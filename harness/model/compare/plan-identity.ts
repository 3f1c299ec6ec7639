import { timingOf } from "../fault.ts";
import type { Plan } from "../plan.ts";
import type { RunRecord } from "../run.ts";

/** What the runs of a side were asked: only sides that were asked the same can be compared. */
export interface PlanIdentity {
  /** Each phase with its length, in order. */
  readonly phases: string;
  /** Each workload with its rate and its promise. */
  readonly workloads: Named;
  /** Each kind of operation with what it does, how long it may take and on which keys. */
  readonly operations: Named;
  /** Each check with its parameters, as JSON; several of one name have a number behind it. */
  readonly checks: Named;
  readonly environment: string;
  /** Its platform and its number of cores. */
  readonly machine: string;
  /** The seed of each run, and what it drew. */
  readonly draws: readonly Draw[];
}

/** By name, in words. */
export type Named = Readonly<Record<string, string>>;

export interface Draw {
  readonly seed: string;
  /** SHA-256 of all arrivals: the same only when the same operations were due at the same times on the same keys. */
  readonly arrivals: string;
  /** The faults with their times, in order. */
  readonly faults: string;
  /** Keyspace → the highest key that an operation met; none where the run has no history. */
  readonly highestKeys: Readonly<Record<string, number>>;
}

/** Of one run, before or after it. */
export function planIdentity(
  plan: Plan,
  environment: string,
  { platform, cores }: Pick<RunRecord["host"], "platform" | "cores">,
  highestKeys: Draw["highestKeys"] = {},
): PlanIdentity {
  return {
    phases: plan.phases.map(({ phase, lengthMs }) => `${phase} ${lengthMs / 1000} s`).join(", "),
    workloads: named(plan.workloads.map(({ name, ...own }) => [name, workloadText(own)])),
    operations: named(plan.operations.map(({ name, ...own }) => [name, operationText(own)])),
    checks: named(plan.checks.map(({ name, parameters }) => [name, JSON.stringify(parameters)])),
    environment,
    machine: `${platform}, ${cores} cores`,
    draws: [
      {
        seed: plan.seed,
        arrivals: plan.arrivals.sha256,
        faults: plan.schedule.map((one) => `${one.title} ${timingOf(one)}${parametersText(one.parameters)}`).join("; "),
        highestKeys,
      },
    ],
  };
}

/** Baselines keep these texts, and compare them with those of later versions: they are no matter of taste. */
function workloadText({ perSecond, slo }: Omit<Plan["workloads"][number], "name">): string {
  const rate = `${Number(perSecond.toFixed(3))}/s`;
  return slo === undefined ? rate : `${rate}, ${slo.availability * 100} % within ${slo.withinMs} ms`;
}

function operationText(own: Omit<Plan["operations"][number], "name">): string {
  const { workload, effect, deadlineMs, keyspace, credential, isPoison } = own;
  const words = [`${effect} by ${workload}`, `deadline ${deadlineMs} ms`, `keyspace ${keyspace}`];
  return [
    ...words,
    ...(credential === "valid" ? [] : [`${credential} credential`]),
    ...(isPoison ? ["poison"] : []),
  ].join(", ");
}

/** A title need not have them all. */
function parametersText(parameters: Plan["schedule"][number]["parameters"]): string {
  const text = JSON.stringify(parameters);
  return text === "{}" ? "" : ` ${text}`;
}

/** Sorted, so that the order in which a scenario states things is no difference. */
function named(all: readonly (readonly [string, string])[]): Named {
  const sorted = all.toSorted(([a, x], [b, y]) => (`${a}\n${x}` < `${b}\n${y}` ? -1 : 1));
  const seen = new Map<string, number>();
  const entries = sorted.map(([name, text]) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return [times === 1 ? name : `${name} (${times})`, text] as const;
  });
  return Object.fromEntries(entries);
}
