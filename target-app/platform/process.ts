import { ConfigError } from "../config.ts";
import { mutated } from "../mutants.ts";
import { withDeadline } from "./deadline.ts";
import type { Log } from "./log.ts";

/** sysexits.h: the process is configured wrongly, and starting it again will not help. */
const badConfiguration = 78;

/** Reads the configuration, or ends the process and says all that is wrong with it. */
export function configured<T>(read: (environment: NodeJS.ProcessEnv) => T): T {
  try {
    return read(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(badConfiguration);
  }
}

/** Steps are taken in order, each with its share of the time; one that fails or hangs does not keep the next. */
export interface ShutdownStep {
  readonly what: string;
  readonly withinMs: number;
  readonly run: () => unknown;
}

/** At the first SIGTERM or SIGINT: the steps, then the end. What a step cannot finish is made up for after a crash, too. */
export function onShutdown(log: Log, steps: readonly ShutdownStep[]): void {
  let isShuttingDown = false;
  const shutDown = async (signal: string) => {
    if (isShuttingDown) return;
    isShuttingDown = true;
    log.info({ signal }, "shutting down");
    if (mutated("exits-at-sigterm")) process.exit(0); // instead of:
    for (const { what, withinMs, run } of steps) {
      const step = withDeadline(what, withinMs, Promise.resolve().then(run));
      await step.catch((error) => log.warn({ err: error }, "a step of the shutdown was given up"));
    }
    log.info("stopped");
    process.exit(0);
  };
  process.on("SIGTERM", (signal) => void shutDown(signal));
  process.on("SIGINT", (signal) => void shutDown(signal));
}
