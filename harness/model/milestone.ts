/** Something that a run comes to, after which a fault strikes. Plain JSON, kept with the schedule. */
export type Milestone = AcceptedMilestone | CommitsMilestone;

/** So many operations of the workload were ok. */
export interface AcceptedMilestone {
  readonly kind: "accepted";
  readonly count: number;
  /** Names of the operations that count; all when absent. */
  readonly operations?: readonly string[];
}

/** So many transactions that write have begun on a Postgres server. */
export interface CommitsMilestone {
  readonly kind: "commits";
  readonly component: string;
  readonly count: number;
}

/**
 * After so many operations were ok, counted from the injection's own `at` on: `after: accepted(50, ["buy"])` strikes when
 * the fiftieth order was taken.
 * @param operations names of those that count; all when absent
 */
export function accepted(count: number, operations?: readonly string[]): Milestone {
  return { kind: "accepted", count, ...(operations === undefined ? {} : { operations }) };
}

/**
 * After so many transactions that write, counted from the injection's own `at` on, by the transaction ids that the
 * server has given out: a reader needs none, and one that was rolled back counts, too.
 * @param component the Postgres server
 */
export function commits(component: string, count: number): Milestone {
  return { kind: "commits", component, count };
}

/** In words, as `50 accepted buy` or `200 commits on postgres`. */
export function milestoneTitle(milestone: Milestone): string {
  const { kind, count } = milestone;
  const of = "component" in milestone ? ` on ${milestone.component}` : ` ${(milestone.operations ?? []).join(", ")}`;
  return `${count} ${kind}${of}`.trimEnd();
}
