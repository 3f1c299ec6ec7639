import type { PauseControl, ProcessState } from "../model/capabilities.ts";
import type { Observation } from "../model/fault.ts";

/** A receipt from the kernel: the fault acts when the process is in the state that it causes. */
export async function observeProcess(
  instance: Pick<PauseControl, "state">,
  caused: ProcessState,
): Promise<Observation> {
  const { state, pid } = await instance.state();
  const measured = { process: state, pid };
  if (state === caused) return { state: "acting", measured };
  return { state: state === "running" ? "absent" : "unclear", measured };
}
