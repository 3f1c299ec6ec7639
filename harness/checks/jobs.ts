import type { FinalState, Job } from "../model/check.ts";

/** All that the final state says of one job. */
export interface JobRows {
  readonly id: number;
  /** One for each state that it is in. */
  readonly rows: readonly Job[];
  readonly isCompletedAndDead: boolean;
  /** States that no law knows. */
  readonly unknownStates: readonly string[];
}

const states: readonly string[] = ["completed", "dead", "pending"] satisfies readonly Job["state"][];

/** The jobs of a final state, each once. */
export function jobsOf({ jobs = [] }: FinalState): readonly JobRows[] {
  return [...Map.groupBy(jobs, ({ id }) => id)].map(([id, rows]) => ({
    id,
    rows,
    isCompletedAndDead: isIn(rows, "completed") && isIn(rows, "dead"),
    unknownStates: rows.map(({ state }): string => state).filter((state) => !states.includes(state)),
  }));
}

/** Whether one of the states of a job is this one. */
export function isIn(rows: readonly Job[], state: Job["state"]): boolean {
  return rows.some((row) => row.state === state);
}

/** A job that breaks every law about jobs, whatever else is true of it. */
export interface Contradiction {
  readonly kind: "both" | "unclear";
  readonly note: string;
}

/** Why nothing good can be said of a job: it is completed and dead, or in a state that no law knows. */
export function contradictionsOf({ id, isCompletedAndDead, unknownStates }: JobRows): readonly Contradiction[] {
  return [
    ...(isCompletedAndDead ? [{ kind: "both", note: `job ${id} is completed and dead` } as const] : []),
    ...unknownStates.map((state) => {
      const note = `job ${id} is in the unknown state ${JSON.stringify(state)}; known are ${states.join(", ")}`;
      return { kind: "unclear", note } as const;
    }),
  ];
}
