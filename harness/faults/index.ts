import type { FaultKind } from "../model/fault.ts";
import { killFault } from "./kill.ts";
import { latencyFault } from "./latency.ts";
import { partitionFault } from "./partition.ts";
import { pauseFault } from "./pause.ts";

/** Every kind of fault; a new one is one file and one line here. */
export const faultKinds: readonly FaultKind[] = [latencyFault, partitionFault, killFault, pauseFault];
