import { Interrupted } from "../model/errors.ts";

/**
 * Turns SIGINT and SIGTERM into an abort, and SIGHUP (a closed terminal) too. The second one ends the process at once:
 * the watchdog then does what there was no patience for. A command that was started by another one of ours, over a
 * channel, ends as well when that was killed.
 */
export function listenForInterrupts(say: (line: string) => void): {
  readonly signal: AbortSignal;
  readonly end: () => void;
} {
  const controller = new AbortController();
  const on = (name: NodeJS.Signals): void => {
    const signal = name === "SIGINT" ? "SIGINT" : "SIGTERM";
    const reason = new Interrupted(signal);
    if (controller.signal.aborted) process.exit(reason.exit);
    say(
      `\n${signal}: healing, then a partial report. Once more: stop now; what is left is then cleaned up from outside.`,
    );
    controller.abort(reason);
  };
  const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const orphaned = (): void => on("SIGTERM");
  for (const name of names) process.on(name, on);
  process.on("disconnect", orphaned);
  // To listen must not keep the process alive.
  process.channel?.unref();
  return {
    signal: controller.signal,
    end: () => {
      for (const name of names) process.off(name, on);
      process.off("disconnect", orphaned);
    },
  };
}
