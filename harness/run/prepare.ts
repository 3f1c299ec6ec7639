import { messageOf, systemError } from "../model/errors.ts";
import { statedDuration } from "../model/quantities.ts";
import type { PrepareContext, Workload } from "../model/workload.ts";
import { withDeadline } from "../network/deadline.ts";

const withinMs = 30_000;

/** Lets every workload make itself ready. @throws FaultlineError WORKLOAD_NOT_PREPARED (3) */
export async function prepareWorkloads(workloads: readonly Workload[], context: PrepareContext): Promise<void> {
  for (const one of workloads) {
    if (one.prepare === undefined) continue;
    const failed = (why: string, options?: ErrorOptions): Error =>
      systemError(
        {
          code: "WORKLOAD_NOT_PREPARED",
          where: `workload ${one.name}: prepare`,
          message: why,
          remedy: "It runs once the system is up, before the load; see the system's logs in the run folder.",
        },
        options,
      );
    const late = (): Error => failed(`was not done within ${statedDuration(withinMs)}`);
    await withDeadline(
      one.prepare(context).catch((error: unknown) => {
        throw failed(messageOf(error), { cause: error });
      }),
      withinMs,
      late,
      context.signal,
    );
  }
}
