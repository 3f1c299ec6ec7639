import { accessSync, chmodSync, constants, mkdirSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { messageOf, SetupFailure } from "./failure.mjs";

const amRoot = () => process.getuid?.() === 0;

/**
 * The folder for what we install ourselves, found again by the next set-up. Root's lies outside of /root, which nobody
 * else may enter: Postgres refuses to run as root, and runs from there as another user.
 * @param {Readonly<Record<string, string | undefined>>} variables
 * @param {{ isRoot: boolean, platform: string }} host
 * @returns {string} absolute
 */
export function cacheFolder(variables = process.env, host = { isRoot: amRoot(), platform: process.platform }) {
  const own = variables["FAULTLINE_CACHE"];
  if (own) return resolve(own);
  if (host.isRoot) return "/var/cache/faultline";
  const home = variables["HOME"] || homedir();
  if (host.platform === "darwin") return join(home, "Library", "Caches", "faultline");
  return join(variables["XDG_CACHE_HOME"] || join(home, ".cache"), "faultline");
}

/**
 * Makes the cache folder, so that the user whom servers run as can pass.
 * @param {string} [folder]
 * @returns {string}
 * @throws {SetupFailure} when it can't be made, or when that user can't get there
 */
export function makeCacheFolder(folder = cacheFolder()) {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    if (amRoot()) chmodSync(folder, 0o755);
  } catch (error) {
    throw notWritable(folder, error);
  }
  const closed = amRoot() ? closedFolder(folder) : undefined;
  if (closed !== undefined) {
    const message = `servers run as the user nobody, who may not enter ${closed}`;
    throw new SetupFailure([{ code: "CACHE_NOT_PASSABLE", where: folder, message, remedy }]);
  }
  return folder;
}

const remedy = "Name another folder in the environment variable FAULTLINE_CACHE.";

/** @param {string} folder @param {unknown} error */
export function notWritable(folder, error) {
  return new SetupFailure([{ code: "CACHE_NOT_WRITABLE", where: folder, message: messageOf(error), remedy }]);
}

/** The folder on the way to `path` that others may not pass. @param {string} path @returns {string | undefined} */
function closedFolder(path) {
  if ((statSync(path).mode & 0o001) === 0) return path;
  return dirname(path) === path ? undefined : closedFolder(dirname(path));
}

/**
 * Whom servers run as that refuse to run as root.
 * @returns {{ uid: number, gid: number } | undefined} undefined when we are not root
 */
export function unprivilegedUser() {
  if (!amRoot()) return undefined;
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((one) => one.startsWith("nobody:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  return { uid: Number(uid ?? 65534), gid: Number(gid ?? 65534) };
}

/** What the temporary folders are called in which a thing is made. @param {string} thing */
export const unfinished = (thing) => `.unfinished-${thing}-`;

/**
 * Makes something in a temporary folder of the cache: on the same disk, so that a rename puts it in its place whole.
 * @template T
 * @param {string} cache
 * @param {string} thing
 * @param {(folder: string) => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function inWorkplace(cache, thing, body) {
  const folder = await mkdtemp(join(makeCacheFolder(cache), unfinished(thing)));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
