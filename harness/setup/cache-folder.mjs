import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const isRoot = () => process.getuid?.() === 0;

/**
 * The folder for what we install ourselves, found again by the next set-up. Root's lies outside of /root, which nobody
 * else may enter: Postgres refuses to run as root, and runs from there as another user.
 * @param {Readonly<Record<string, string | undefined>>} variables
 * @returns {string}
 */
export function cacheFolder(variables = process.env) {
  const own = variables["FAULTLINE_CACHE"];
  if (own) return own;
  if (isRoot()) return "/var/cache/faultline";
  const home = variables["HOME"] || homedir();
  if (process.platform === "darwin") return join(home, "Library", "Caches", "faultline");
  return join(variables["XDG_CACHE_HOME"] || join(home, ".cache"), "faultline");
}

/**
 * Makes the cache folder, so that the user whom servers run as can pass.
 * @returns {string}
 */
export function makeCacheFolder(folder = cacheFolder()) {
  mkdirSync(folder, { recursive: true });
  if (isRoot()) chmodSync(folder, 0o755);
  return folder;
}

/**
 * Whom servers run as that refuse to run as root.
 * @returns {{ uid: number, gid: number } | undefined} undefined when we are not root
 */
export function unprivilegedUser() {
  if (!isRoot()) return undefined;
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((one) => one.startsWith("nobody:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  return { uid: Number(uid ?? 65534), gid: Number(gid ?? 65534) };
}

/**
 * Does one thing at a time among all set-ups of this user: two clones that are set up at once must not both install.
 * @template T
 * @param {string} folder the cache folder
 * @param {string} name of the lock
 * @param {(line: string) => void} say told when somebody else has the lock
 * @param {() => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function withLock(folder, name, say, body) {
  const lock = join(makeCacheFolder(folder), `${name}.lock`);
  let told = false;
  while (!take(lock)) {
    if (isStale(lock)) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!told) say(`another set-up is at work on ${name}; waiting for it`);
    told = true;
    await sleep(250);
  }
  try {
    return await body();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** @param {string} lock */
function take(lock) {
  try {
    writeFileSync(lock, `${process.pid} ${startOf(process.pid) ?? ""}`, { flag: "wx" });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  }
}

/** A lock whose holder is dead, or whose pid was given to somebody else. @param {string} lock */
function isStale(lock) {
  let text;
  try {
    text = readFileSync(lock, "utf8");
  } catch {
    return false;
  }
  const [, pid, start = ""] = /^(\d+) (.*)$/.exec(text) ?? [];
  // Empty for the moment between its making and its writing.
  return pid !== undefined && startOf(Number(pid)) !== start;
}

/**
 * When a process started, in the operating system's own words; undefined when it is gone.
 * @param {number} pid
 */
function startOf(pid) {
  try {
    if (process.platform !== "linux") {
      return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
    }
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
