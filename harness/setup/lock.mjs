import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeCacheFolder, notWritable, unfinished } from "./cache-folder.mjs";
import { SetupFailure } from "./failure.mjs";

/** The longest way has ten minutes; whoever holds a lock for longer than two of them is stuck. */
const patienceMs = 20 * 60_000;
/** Between its making and its writing a lock is empty; one that stays so has lost its holder in between. */
const emptyForMs = 5_000;

/**
 * What is locked, and what happens meanwhile.
 * @typedef {object} LockOptions
 * @property {string} folder the cache folder
 * @property {string} name
 * @property {string} [title] what people call it
 * @property {(line: string) => void} say told when somebody else has the lock
 * @property {AbortSignal} signal ends the waiting
 */

/**
 * Does one thing at a time among all set-ups of this user: two clones that are set up at once must not both install.
 * @template T
 * @param {LockOptions} options
 * @param {() => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function withLock({ folder, name, title = name, say, signal }, body) {
  const lock = join(makeCacheFolder(folder), `${name}.lock`);
  const mine = `${process.pid} ${startOf(process.pid) ?? ""}`;
  const began = performance.now();
  let told = false;
  while (!take(lock, mine)) {
    if (removeIfStale(lock, mine)) continue;
    if (!told) say(`${title}: another set-up is at work on it; waiting`);
    told = true;
    if (performance.now() - began > patienceMs) throw stuck(lock, title);
    await sleep(250, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
  try {
    // We alone are at work on it, so what is unfinished is from one that was killed.
    for (const entry of readdirSync(folder)) {
      if (entry.startsWith(unfinished(name))) rmSync(join(folder, entry), { recursive: true, force: true });
    }
    return await body();
  } finally {
    if (textOf(lock) === mine) rmSync(lock, { force: true });
  }
}

/** @param {string} lock @param {string} title */
function stuck(lock, title) {
  const [pid] = textOf(lock)?.split(" ") ?? [];
  const message = `waited ${patienceMs / 60_000} min for another set-up (process ${pid}) to end`;
  return new SetupFailure([
    { code: "LOCKED", where: title, message, remedy: `End that process, or remove ${lock}, and try again.` },
  ]);
}

/** @param {string} lock @param {string} mine */
function take(lock, mine) {
  try {
    writeFileSync(lock, mine, { flag: "wx" });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw notWritable(dirname(lock), error);
  }
}

/** @param {string} lock @returns {string | undefined} undefined when it is gone */
function textOf(lock) {
  try {
    return readFileSync(lock, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * Of several who see the same stale lock only one may remove it, and only that one: the next to look would else remove
 * the lock that the first has taken since. So the removal has a lock of its own, held for an instant.
 * @param {string} lock
 * @param {string} mine
 * @returns {boolean} whether it is worth trying again at once
 */
function removeIfStale(lock, mine) {
  if (!isStale(lock)) return false;
  const guard = `${lock}.removal`;
  if (!take(guard, mine)) {
    if (isStale(guard)) rmSync(guard, { force: true });
    return false;
  }
  try {
    if (isStale(lock)) rmSync(lock, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
  return true;
}

/** A lock whose holder is dead, or whose pid was given to somebody else. @param {string} lock */
function isStale(lock) {
  const [, pid, start = ""] = /^(\d+) (.*)$/.exec(textOf(lock) ?? "") ?? [];
  if (pid !== undefined) return startOf(Number(pid)) !== start;
  const stat = statSync(lock, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > emptyForMs;
}

/**
 * When a process started, in the operating system's own words; undefined when it is gone.
 * @param {number} pid
 */
function startOf(pid) {
  try {
    if (process.platform !== "linux") {
      const environment = { ...process.env, LC_ALL: "C" };
      const args = ["-o", "lstart=", "-p", String(pid)];
      return execFileSync("ps", args, { encoding: "utf8", env: environment, timeout: 5_000 }).trim() || undefined;
    }
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
