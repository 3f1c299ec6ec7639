import { exits, FaultlineError } from "../../model/errors.ts";

/** Why a run without its Toxiproxy tells nothing more (2). @param how it ended */
export function proxiesLost(how: string): FaultlineError {
  return new FaultlineError(exits.inconclusive, [
    {
      code: "TOXIPROXY_LOST",
      where: "toxiproxy",
      message: `ended with ${how} in mid-run, and every link with it`,
      remedy: "What users saw after that was not the fault's doing. Run the scenario again.",
    },
  ]);
}
