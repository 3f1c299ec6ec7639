import { Interrupted } from "../model/errors.ts";

/**
 * Turns SIGINT and SIGTERM into an abort, and SIGHUP (a closed terminal) too. The second one ends the process at once:
 * the watchdog then does what there was no patience for. A command that was started by another one of ours, over a
 * channel, ends as well when that was killed.
 */
export interface Interrupts {
  readonly signal: AbortSignal;
  /** Resolves with the next interrupt, which ends this wait and nothing else. */
  readonly next: () => Promise<void>;
  readonly end: () => void;
}

/** Listens until its end. */
export function listenForInterrupts(say: (line: string) => void): Interrupts {
  const controller = new AbortController();
  let awaited: PromiseWithResolvers<void> | undefined;
  const on = (name: NodeJS.Signals): void => {
    if (awaited !== undefined) {
      awaited.resolve();
      awaited = undefined;
      return;
    }
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
    next: () => {
      awaited = Promise.withResolvers();
      return awaited.promise;
    },
    end: () => {
      for (const name of names) process.off(name, on);
      process.off("disconnect", orphaned);
    },
  };
}
