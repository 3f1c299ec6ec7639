import type { Evidence, FinalState, GeneratorReport } from "./check.ts";
import type { RunEvent } from "./events.ts";
import { type History, historyOf } from "./history.ts";
import type { RunRecord, StoredRun } from "./run.ts";
import type { Json } from "./units.ts";

/** What a run's evidence is put together from. */
export interface Seen {
  readonly plan: RunRecord["plan"];
  readonly phases: RunRecord["phases"];
  readonly generator: GeneratorReport | undefined;
  readonly events: readonly RunEvent[];
  readonly history: History | undefined;
  readonly errors: readonly string[];
  readonly finalState: FinalState | undefined;
  readonly finalStateProblem?: string | undefined;
  readonly kept?: ReadonlyMap<number, Json> | undefined;
  readonly cut?: number | undefined;
}

/** What checks look at, from what a run saw. What it did not get to see is empty. */
export function evidenceFrom(seen: Seen): Evidence {
  const { plan, phases, generator, events, history, errors, finalState, finalStateProblem, kept, cut } = seen;
  return {
    history: history ?? historyOf(0),
    errors,
    operations: plan.operations,
    workloads: plan.workloads,
    entry: plan.entry,
    phases,
    schedule: plan.schedule,
    receipts: events.flatMap((event) => (event.type === "receipt" ? [event.receipt] : [])),
    events,
    generator: generator ?? nothingGenerated,
    ...(finalState === undefined ? {} : { finalState }),
    ...(finalStateProblem === undefined ? {} : { finalStateProblem }),
    ...(kept === undefined || kept.size === 0 ? {} : { kept }),
    ...(cut === undefined || cut === 0 ? {} : { cut }),
  };
}

/** The evidence that a run folder holds: the same whenever it is read. */
export function storedEvidence({ record, history, ...seen }: StoredRun): Evidence {
  const { plan, phases, generator } = record;
  const { events, errors, finalState, finalStateProblem, kept, cut } = seen;
  return evidenceFrom({ plan, phases, generator, events, history, errors, finalState, finalStateProblem, kept, cut });
}

/** Of a load that was not. */
export const nothingGenerated: GeneratorReport = {
  planned: 0,
  recorded: 0,
  dispatched: 0,
  overflow: 0,
  lagP50Ms: 0,
  lagP99Ms: 0,
  lagMaxMs: 0,
  unsettled: 0,
  tainted: [],
  standstills: [],
};
