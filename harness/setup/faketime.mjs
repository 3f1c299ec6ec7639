import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { aptInstall, hindrance } from "./apt.mjs";
import { cacheFolder } from "./cache-folder.mjs";
import { withLock } from "./lock.mjs";
import { goOneOf } from "./ways.mjs";

/** Where distributions put it; Debian has a folder for each architecture in the first one. */
const places = ["/usr/lib", "/usr/lib64", "/usr/local/lib"];
const file = "faketime/libfaketime.so.1";

/**
 * @param {readonly string[]} [folders]
 * @returns {Promise<import("./locate.mjs").Look>}
 */
export async function lookForFaketime(folders = places) {
  const path = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => [
      folder,
      ...readdirSync(folder)
        .filter((name) => name.includes("-linux-gnu"))
        .map((name) => join(folder, name)),
    ])
    .map((folder) => join(folder, file))
    .find((one) => existsSync(one));
  if (path === undefined) return { problem: "libfaketime is not installed" };
  return { found: { path, version: "1", from: "the system" } };
}

/** @returns {readonly import("./ways.mjs").Way[]} */
const ways = () => [
  {
    name: "apt-get install libfaketime",
    applies: () => hindrance("apt-get"),
    run: (signal) => aptInstall(["libfaketime"], signal),
  },
];

/** @returns {import("./steps.mjs").Step} */
function faketimeStep() {
  const step = {
    name: "libfaketime",
    needed: "any",
    remedy: "Install libfaketime (Debian: sudo apt-get install libfaketime).",
    look: () => lookForFaketime(),
  };
  const isThere = async () => (await step.look()).found !== undefined;
  return {
    ...step,
    get: (company) =>
      withLock({ folder: cacheFolder(), name: step.name, ...company }, async () => {
        // Whoever held the lock before may have brought it.
        if (!(await isThere())) await goOneOf({ component: step.name, isThere, remedy: step.remedy }, ways(), company);
      }),
  };
}

/** For faults of clocks. @type {import("./extras.mjs").Extra} */
export const clocks = { step: faketimeStep(), without: "what sets the clock of a process is skipped" };
