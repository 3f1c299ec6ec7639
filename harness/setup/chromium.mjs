import { aptInstall, isRoot } from "./apt.mjs";
import { cacheFolder } from "./cache-folder.mjs";
import { withLock } from "./lock.mjs";
import { isProgram, onPath, versionOf } from "./programs.mjs";
import { goOneOf } from "./ways.mjs";

/** As the browser is called on Debian, on Ubuntu, and by its maker. */
const names = ["chromium", "chromium-browser", "google-chrome"];

/**
 * The browser that the tests of the report open it in. `CHROME_PATH` goes before what is on the PATH.
 * @param {Readonly<Record<string, string | undefined>>} [environment]
 * @returns {Promise<import("./locate.mjs").Look>}
 */
export async function lookForChromium({ CHROME_PATH = "", PATH = "" } = process.env) {
  if (CHROME_PATH !== "" && !isProgram(CHROME_PATH)) return { problem: `CHROME_PATH is no program: ${CHROME_PATH}` };
  const path = CHROME_PATH || names.map((name) => onPath(name, PATH)).find((found) => found !== undefined);
  if (path === undefined) return { problem: `none of ${names.join(", ")} is on the PATH, and CHROME_PATH is not set` };
  const version = await versionOf(path);
  if (version === undefined) return { problem: `\`${path} --version\` tells no version` };
  return { found: { path, version, from: CHROME_PATH === "" ? "the PATH" : "CHROME_PATH" } };
}

/** @returns {readonly import("./ways.mjs").Way[]} */
const ways = () => [
  {
    name: "apt-get install chromium",
    applies: () => {
      if (onPath("apt-get") === undefined) return "apt-get is not here";
      // Half a gigabyte: not on a person's own machine unasked.
      return isRoot() ? undefined : "we are not root";
    },
    run: (signal) => aptInstall(["chromium"], signal),
  },
];

/** @returns {import("./steps.mjs").Step} */
function chromiumStep() {
  const step = {
    name: "chromium",
    needed: "any",
    remedy:
      "Put chromium or google-chrome on the PATH (Debian: sudo apt-get install chromium), or name it in CHROME_PATH.",
    look: lookForChromium,
  };
  const isThere = async () => (await lookForChromium()).found !== undefined;
  return {
    ...step,
    get: (company) =>
      withLock({ folder: cacheFolder(), name: step.name, ...company }, async () => {
        // Whoever held the lock before may have brought it.
        if (!(await isThere())) await goOneOf({ component: step.name, isThere, remedy: step.remedy }, ways(), company);
      }),
  };
}

/** For the tests of the report. @type {import("./extras.mjs").Extra} */
export const browser = {
  step: chromiumStep(),
  without: "the tests that open the report in a browser are skipped",
};
