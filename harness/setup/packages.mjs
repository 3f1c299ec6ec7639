import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./cache-folder.mjs";
import { execute, ProgramFailure } from "./execute.mjs";
import { messageOf, SetupFailure } from "./failure.mjs";
import { withLock } from "./lock.mjs";
import { isAtLeast, isProgram } from "./programs.mjs";
import { seconds } from "./progress.mjs";

/** What the repository's own scripts run on; the dev dependency `node` brings it. */
const ownVersion = "24";

/** @param {string} root */
const broughtNode = (root) => join(root, "node_modules", "node", "bin", "node");

/**
 * The Node for the repository's scripts: its own; where npm may not run install scripts, the one that we run on, when it
 * will do.
 * @param {string} root
 * @returns {string | undefined}
 */
export function nodeFor(root) {
  if (isProgram(broughtNode(root))) return broughtNode(root);
  return isAtLeast(process.versions.node, ownVersion) ? process.execPath : undefined;
}

/**
 * `npm ci`, unless the packages are those of the lock file already.
 * @param {string} root the checkout
 * @param {import("./progress.mjs").Teller} teller
 * @param {AbortSignal} signal
 * @param {{ npm?: string, cache?: string }} [options]
 * @throws {SetupFailure}
 */
export async function installPackages(root, { say, during }, signal, { npm = "npm", cache = cacheFolder() } = {}) {
  const began = performance.now();
  if (isInstalled(root)) {
    say(`npm packages are there (${seconds(performance.now() - began)})`);
    return;
  }
  // Two set-ups of one clone must not both empty node_modules.
  const clone = createHash("sha256").update(root).digest("hex").slice(0, 12);
  await withLock({ folder: cache, name: `npm-${clone}`, title: "npm ci", say, signal }, async () => {
    if (isInstalled(root)) return;
    say("npm packages: npm ci (about a minute)");
    await during("npm ci", () => ci(root, npm, signal));
    await checkNode(root);
    writeFileSync(stampOf(root), wanted(root));
    say(`npm packages installed (${seconds(performance.now() - began)})`);
  });
}

/** @param {string} root */
const stampOf = (root) => join(root, "node_modules", ".faultline-lock");

/** The packages of a lock file differ between platforms, as between a machine and a container that shares its folder. */
const wanted = (/** @type {string} */ root) => {
  const lock = readFileSync(join(root, "package-lock.json"));
  return `${createHash("sha256").update(lock).digest("hex")} ${process.platform}-${process.arch}`;
};

/** @param {string} root */
function isInstalled(root) {
  if (nodeFor(root) === undefined) return false;
  const stamp = stampOf(root);
  if (existsSync(stamp)) return readFileSync(stamp, "utf8") === wanted(root);
  return existsSync(broughtNode(root)) && isInstalledByHand(root);
}

/**
 * Whether npm has put exactly this lock file's packages there without us: it keeps a list of its own, written last.
 * @param {string} root
 */
function isInstalledByHand(root) {
  const list = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(list)) return false;
  const there = packagesIn(list);
  const locked = packagesIn(join(root, "package-lock.json"));
  return (
    Object.keys(there).every((path) => locked[path]?.version === there[path]?.version) &&
    Object.entries(locked).every(([path, { optional = false }]) => path === "" || optional || path in there)
  );
}

/** @param {string} file @returns {Record<string, { version?: string, optional?: boolean }>} */
const packagesIn = (file) => JSON.parse(readFileSync(file, "utf8")).packages ?? {};

/** @param {string} root @param {string} npm @param {AbortSignal} signal */
async function ci(root, npm, signal) {
  // Whatever NODE_ENV says: the tests and the databases are dev and optional dependencies.
  const args = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];
  try {
    await execute(npm, args, { deadlineMs: 600_000, cwd: root, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw npmFailure(error);
  }
}

/** npm writes its reason first, then a page of help. @param {unknown} error */
function npmFailure(error) {
  const output = error instanceof ProgramFailure ? error.output : "";
  const reasons = [...output.matchAll(/^npm (?:error|ERR!) +(\S.*)$/gm)].map(([, reason]) => reason);
  const message = reasons.length === 0 ? messageOf(error) : reasons.slice(0, 5).join(" | ");
  const isOutOfStep = /\bin sync\b/.test(output);
  const remedy = isOutOfStep
    ? "package-lock.json does not fit package.json for this npm: run `npm install`, and commit what it changes."
    : "Run `npm ci` by hand and see what it says; it needs the npm registry, and about 600 MB of disk.";
  return new SetupFailure([{ code: "NPM_CI_FAILED", where: "npm ci", message, remedy }]);
}

/** @param {string} root @throws {SetupFailure} when npm has brought no Node that runs, and the one at hand is too old */
async function checkNode(root) {
  const node = nodeFor(root);
  let problem = `brought no ${broughtNode(root)}, and this Node is ${process.version}`;
  if (node !== undefined) {
    try {
      await execute(node, ["--version"], { deadlineMs: 20_000 });
      return;
    } catch (error) {
      problem = `brought a Node that does not run: ${messageOf(error)}`;
    }
  }
  const remedy = `Let npm run install scripts (npm config set ignore-scripts false), or use Node ${ownVersion} or newer.`;
  throw new SetupFailure([{ code: "NO_OWN_NODE", where: "npm ci", message: problem, remedy }]);
}
