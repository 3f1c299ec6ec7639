import { spawn } from "node:child_process";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";

/** One Ctrl-C reaches us twice: from the terminal, and from npm, which passes on what it got from there too. */
const sameKeyMs = 300;

/**
 * Runs a script under the repository's own Node, to its end; signals are passed on, and the end is awaited. It gets a
 * session of its own, so that it hears of a Ctrl-C once, and not a second time, which would cut its clean-up short.
 * @param {{ root: string, node: string }} repository
 * @param {readonly string[]} args
 * @param {{ environment?: Record<string, string>, captureOutput?: boolean, program?: string }} [options] `program`: one
 *   that is not Node, but finds it and the packages' programs on its PATH
 * @returns {Promise<{ code: number, stdout: string }>} a death by a signal counts as 128 and its number
 */
export function runWithOwnNode({ root, node }, args, options = {}) {
  const { environment = {}, captureOutput = false, program = node } = options;
  const path = [join(root, "node_modules", ".bin"), dirname(node), process.env["PATH"] ?? ""].join(delimiter);
  const child = spawn(program, args, {
    cwd: root,
    detached: true,
    stdio: ["ignore", captureOutput ? "pipe" : "inherit", "inherit"],
    env: { ...process.env, PATH: path, ...environment },
  });
  let stdout = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk) => {
    stdout += chunk;
  });
  // npx and shells keep a signal to themselves that a terminal would have sent to all of them.
  const end = passSignals(child, program !== node);
  return new Promise((resolve, reject) => {
    child.once("error", (error) => {
      end();
      reject(error);
    });
    child.once("close", (code, signal) => {
      end();
      resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), stdout });
    });
  });
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {boolean} toAll of its process group
 * @returns {() => void} ends it
 */
function passSignals(child, toAll) {
  let passedMs = Number.NEGATIVE_INFINITY;
  /** @param {NodeJS.Signals} signal */
  const pass = (signal) => {
    if (performance.now() - passedMs < sameKeyMs) return;
    passedMs = performance.now();
    if (!toAll || child.pid === undefined) {
      child.kill(signal);
      return;
    }
    try {
      process.kill(-child.pid, signal);
    } catch {
      // All of them have ended.
    }
  };
  const names = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
  for (const name of names) process.on(name, pass);
  return () => {
    for (const name of names) process.off(name, pass);
  };
}
