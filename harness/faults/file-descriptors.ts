import type { z } from "zod";
import type { FaultKind, FaultSpec } from "../model/fault.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { whole } from "../schema/fields.ts";
import { limited } from "./limited.ts";

const fileDescriptorsOptions = new FaultOptions({
  /** How many it may still open. */
  spare: whole({ atLeast: 0, atMost: 10_000, unit: "descriptors" }),
});
type FileDescriptorsOptions = z.input<typeof fileDescriptorsOptions.schema>;

/**
 * A component has hardly a file descriptor left: a leak of sockets, a limit of 1024 that nobody had thought of. What is
 * open goes on; no connection is accepted and no file opened beyond the spare ones (`EMFILE`). Not simulated: the
 * machine's own limit, which hits everybody.
 */
export function fileDescriptors<const Target extends string>(
  target: Target,
  options: FileDescriptorsOptions,
): FaultSpec<Target> {
  return fileDescriptorsOptions.spec("fileDescriptors", target, options);
}

export const fileDescriptorsFault: FaultKind<"limits"> = {
  kind: "fileDescriptors",
  needs: "limits",
  summary: "a component has hardly a file descriptor left",
  receipt: "the kernel says that the limit is no more than what is open and the spare ones",
  healing: "the limit is what it was",
  example: { spare: 2 },
  residue: "a limit of a process: it ends with the process",
  options: fileDescriptorsOptions.fields,
  problems: fileDescriptorsOptions.problems,
  title: ({ target, parameters }) => `${target} with ${Number(parameters["spare"])} file descriptors left`,
  ...limited("descriptors", ({ spare }) => Number(spare)),
};
