import { SetupFailure } from "./failure.mjs";

const exits = { SIGINT: 130, SIGTERM: 143, SIGHUP: 143 };

/**
 * Runs `body` with a signal that SIGINT, SIGTERM and a closed terminal abort: what it has started it can then end, and
 * what it has half done it can undo, where the death of the process would leave both behind.
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function interruptible(body) {
  const controller = new AbortController();
  /** @param {NodeJS.Signals} name */
  const on = (name) => {
    const remedy = "What was under way was ended; the next set-up begins it again.";
    const problem = {
      code: /** @type {const} */ ("INTERRUPTED"),
      where: "set-up",
      message: `interrupted by ${name}`,
      remedy,
    };
    controller.abort(new SetupFailure([problem], exits[/** @type {keyof typeof exits} */ (name)]));
  };
  const names = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
  for (const name of names) process.on(name, on);
  try {
    return await body(controller.signal);
  } finally {
    for (const name of names) process.off(name, on);
  }
}
