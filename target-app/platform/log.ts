import { type Logger, pino } from "pino";

export type Log = Logger;

/** Structured lines on stdout; where they go from there is for the surroundings to say. */
export function createLog({ logLevel, instance }: { logLevel: string; instance: string }): Log {
  return pino({ level: logLevel, base: { instance }, serializers: { err: brief } });
}

/** Drivers hang whole clients on their errors, passwords and all: only what is known to be wanted is written. */
function brief(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  const code = "code" in error ? { code: error.code } : {};
  return { name, message, ...code, stack };
}

/** Says that something broke and that it works again, once each, instead of a line for every attempt between. */
export function transitions(log: Log, what: string): { failed(error: unknown): void; worked(): void } {
  let isBroken = false;
  return {
    failed(error) {
      if (!isBroken) log.warn({ err: error }, `${what} does not work`);
      isBroken = true;
    },
    worked() {
      if (isBroken) log.info(`${what} works again`);
      isBroken = false;
    },
  };
}
