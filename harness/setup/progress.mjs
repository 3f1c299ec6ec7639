const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const clear = "\r\u001b[K";

/**
 * Tells people what is going on: a line a step, and a sign of life from steps that take long.
 * @typedef {object} Teller
 * @property {(line: string) => void} say
 * @property {<T>(step: string, body: () => Promise<T>) => Promise<T>} during
 */

/**
 * @param {{ isTTY?: boolean, columns?: number, write(text: string): unknown }} stream
 * @param {{ everyMs?: number, isDumb?: boolean }} [options] `everyMs`: between signs of life where lines stay
 * @returns {Teller}
 */
export function openTeller(stream, { everyMs = 10_000, isDumb = Boolean(process.env["CI"] || isDumbTerminal()) } = {}) {
  /** @param {string} line */
  const write = (line) => void stream.write(`  ${line}\n`);
  return stream.isTTY === true && !isDumb ? spinning(stream, write) : heartbeat(write, everyMs);
}

const isDumbTerminal = () => process.env["TERM"] === "dumb";

/**
 * Where lines stay, as in a log: one every ten seconds.
 * @param {(line: string) => void} say
 * @param {number} [everyMs]
 * @returns {Teller}
 */
export function heartbeat(say, everyMs = 10_000) {
  return {
    say,
    async during(step, body) {
      const began = performance.now();
      const timer = setInterval(() => say(`${step}: still at work, ${seconds(performance.now() - began)}`), everyMs);
      try {
        return await body();
      } finally {
        clearInterval(timer);
      }
    },
  };
}

/**
 * On a terminal: one line that turns, below those that stay.
 * @param {{ columns?: number, write(text: string): unknown }} stream
 * @param {(line: string) => void} write
 * @returns {Teller}
 */
function spinning(stream, write) {
  /** @type {Map<string, number>} */
  const underWay = new Map();
  let turns = 0;
  const draw = () => {
    turns += 1;
    const steps = [...underWay].map(([step, began]) => `${step} ${Math.floor((performance.now() - began) / 1000)} s`);
    const line = `  ${frames[turns % frames.length]} ${steps.join(" · ")}`;
    if (steps.length > 0) stream.write(clear + line.slice(0, (stream.columns || 80) - 1));
  };
  return {
    say(line) {
      if (underWay.size > 0) stream.write(clear);
      write(line);
    },
    async during(step, body) {
      underWay.set(step, performance.now());
      const timer = setInterval(draw, 125);
      try {
        return await body();
      } finally {
        clearInterval(timer);
        underWay.delete(step);
        stream.write(clear);
      }
    },
  };
}

/** @param {number} ms */
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
