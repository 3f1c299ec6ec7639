import { constants } from "node:os";

/** `SIGKILL` or `exit 1`, by the status that an engine reports: as a shell does, 128 and the number for a signal. */
export function howEnded(status: number): string {
  const [signal] = Object.entries(constants.signals).find(([, number]) => status === 128 + number) ?? [];
  return signal ?? `exit ${status}`;
}
