import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder, withLock } from "./cache-folder.mjs";
import { SetupFailure } from "./failure.mjs";
import { execute, isProgram } from "./programs.mjs";
import { seconds, setUp, stillAtWork } from "./setup.mjs";

/** The checkout that this file belongs to. */
export const root = fileURLToPath(new URL("../../", import.meta.url));
const stamp = join(root, "node_modules", ".faultline-lock");
/** The repository's own Node, a dev dependency. */
const ownNode = join(root, "node_modules", "node", "bin", "node");

/** @param {string} line */
const say = (line) => void process.stdout.write(`  ${line}\n`);

/**
 * Everything that the scripts of this repository need, from nothing: the packages, and the components.
 * @returns {Promise<{ tookMs: number }>}
 */
export async function setUpRepository() {
  const began = performance.now();
  process.stdout.write("set-up\n");
  await installPackages();
  await setUp({ say });
  const tookMs = performance.now() - began;
  say(`ready (${seconds(tookMs)})`);
  return { tookMs };
}

/** `npm ci`, unless the packages are those of the lock file already. */
async function installPackages() {
  const wanted = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  if (isInstalled(wanted)) {
    say("npm packages are there");
    return;
  }
  // Two set-ups of one clone must not both empty node_modules.
  const clone = createHash("sha256").update(root).digest("hex").slice(0, 12);
  await withLock(cacheFolder(), `npm-${clone}`, say, async () => {
    if (isInstalled(wanted)) return;
    const began = performance.now();
    say("npm ci (about a minute)");
    try {
      await stillAtWork("npm ci", say, () =>
        execute("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { deadlineMs: 600_000, cwd: root }),
      );
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const remedy = "Run `npm ci` by hand and see what it says; it needs the npm registry.";
      throw new SetupFailure([{ code: "NPM_CI_FAILED", where: "npm ci", message, remedy }]);
    }
    if (!isProgram(ownNode)) {
      const remedy = "Allow install scripts (npm config get ignore-scripts), or run with Node 24 on the PATH.";
      throw new SetupFailure([{ code: "NO_OWN_NODE", where: "npm ci", message: `did not bring ${ownNode}`, remedy }]);
    }
    writeFileSync(stamp, wanted);
    say(`npm packages installed (${seconds(performance.now() - began)})`);
  });
}

/** @param {string} wanted */
const isInstalled = (wanted) => existsSync(stamp) && readFileSync(stamp, "utf8") === wanted && isProgram(ownNode);

/**
 * Runs a script under the repository's own Node, to its end; Ctrl-C is passed on and awaited.
 * @param {readonly string[]} args
 * @param {{ environment?: Record<string, string>, captureOutput?: boolean }} [options]
 * @returns {Promise<{ code: number, stdout: string }>} a death by a signal counts as 128 and its number
 */
export function runWithOwnNode(args, { environment = {}, captureOutput = false } = {}) {
  const path = [join(root, "node_modules", ".bin"), process.env["PATH"] ?? ""].join(delimiter);
  const child = spawn(ownNode, args, {
    cwd: root,
    stdio: ["ignore", captureOutput ? "pipe" : "inherit", "inherit"],
    env: { ...process.env, PATH: path, ...environment },
  });
  let stdout = "";
  child.stdout?.on("data", (chunk) => {
    stdout += chunk;
  });
  // From a terminal the child gets the signal too, being in our group; a second one would cut its clean-up short.
  /** @param {NodeJS.Signals} signal */
  const pass = (signal) => void (process.stdin.isTTY && signal === "SIGINT" ? undefined : child.kill(signal));
  process.on("SIGINT", pass).on("SIGTERM", pass);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      process.off("SIGINT", pass).off("SIGTERM", pass);
      resolve({ code: code ?? (signal === "SIGINT" ? 130 : 143), stdout });
    });
  });
}

/**
 * Runs a script of the repository: trouble with the set-up is told, and exits 3.
 * @param {() => Promise<number>} main returns the exit code
 */
export async function script(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    const isSetup = error instanceof SetupFailure;
    process.stderr.write(`\n${isSetup ? error.message : /** @type {Error} */ (error).stack}\n`);
    process.exitCode = isSetup ? error.exit : 70;
  }
}
