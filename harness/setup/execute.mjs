import { spawn } from "node:child_process";

/** How much of what a program writes is kept: an error is explained by its first lines as often as by its last. */
const keptCharacters = 100_000;

/** A program that failed, was stopped at its deadline, or could not be started. */
export class ProgramFailure extends Error {
  /** @param {string} message @param {string} output all that it wrote, to both streams */
  constructor(message, output) {
    super(message);
    this.name = "ProgramFailure";
    this.output = output;
  }
}

/**
 * How a program is run.
 * @typedef {object} Execution
 * @property {number} deadlineMs
 * @property {AbortSignal} [signal] ends it before its time
 * @property {number} [graceMs] how long it may take to end when it is asked to, before it is killed
 * @property {Record<string, string>} [environment]
 * @property {string} [cwd]
 * @property {boolean} [keepsTerminal] stays in our session: sudo remembers passwords by terminal
 */

/**
 * Runs a program to its end. It gets a process group of its own, so that its end is the end of all that it started: npm
 * and go have children, and the death of a parent alone leaves them at work.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Execution} options
 * @returns {Promise<string>} what it wrote to stdout
 * @throws {ProgramFailure}
 */
export async function execute(command, args, options) {
  const { deadlineMs, signal, graceMs = 2_000, environment = {}, cwd, keepsTerminal = false } = options;
  signal?.throwIfAborted();
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    detached: !keepsTerminal,
    env: { ...process.env, ...environment },
    ...(cwd === undefined ? {} : { cwd }),
  });
  let stdout = "";
  let output = "";
  child.stdout.on("data", (chunk) => {
    stdout = (stdout + chunk).slice(0, keptCharacters);
    output = (output + chunk).slice(0, keptCharacters);
  });
  child.stderr.on("data", (chunk) => {
    output = (output + chunk).slice(0, keptCharacters);
  });
  let late = false;
  const stop = () => end(child, !keepsTerminal, graceMs);
  const timer = setTimeout(() => {
    late = true;
    stop();
  }, deadlineMs);
  signal?.addEventListener("abort", stop);
  try {
    const how = await ending(child);
    if (late) throw failure(`took longer than ${deadlineMs / 1000} s`, command, args, output);
    signal?.throwIfAborted();
    if (how !== "exit 0") throw failure(`ended with ${how}`, command, args, output);
    return stdout;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

/**
 * Resolves when a program has ended. Not when its streams have: a server that it leaves behind may hold them for ever.
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<string>} as `exit 0` or `SIGKILL`
 */
function ending(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(signal ?? `exit ${code}`));
    child.once("exit", () => {
      setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, 1000).unref();
    });
  });
}

/**
 * Asks first, then insists.
 * @param {import("node:child_process").ChildProcess} child
 * @param {boolean} asGroup
 * @param {number} graceMs
 */
function end(child, asGroup, graceMs) {
  const { pid } = child;
  if (pid === undefined) return;
  /** @param {NodeJS.Signals} signal */
  const send = (signal) => {
    try {
      process.kill(asGroup ? -pid : pid, signal);
    } catch {
      // It has ended, or is root's and ends with what we asked of it.
    }
  };
  send("SIGTERM");
  const timer = setTimeout(() => send("SIGKILL"), graceMs);
  child.once("exit", () => {
    clearTimeout(timer);
    // Whoever of the group is still there did not hear the first signal, or did not care.
    if (asGroup) send("SIGKILL");
  });
}

/**
 * The first lines say what is wrong, the last ones where it ended; between them lies a usage text or a trace.
 * @param {string} how
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} output
 */
function failure(how, command, args, output) {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  const said = [...new Set([...lines.slice(0, 4), ...lines.slice(-2)])].map((line) => line.trim().slice(0, 300));
  const words = said.length === 0 ? "" : `: ${said.join(" | ")}`;
  return new ProgramFailure(`\`${[command, ...args].join(" ")}\` ${how}${words}`, output);
}
