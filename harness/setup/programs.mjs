import { accessSync, constants, statSync } from "node:fs";
import { delimiter, resolve } from "node:path";
import { execute } from "./execute.mjs";

/**
 * A program on the PATH.
 * @param {string} name
 * @param {string} path
 * @returns {string | undefined} absolute, since what we start runs elsewhere
 */
export function onPath(name, path = process.env["PATH"] ?? "") {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => resolve(folder, name))
    .find(isProgram);
}

/** @param {string} path */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * The version that a program tells of itself.
 * @param {string} path
 * @param {readonly string[]} args
 * @returns {Promise<string | undefined>} as `7.0.15`; undefined when it tells none
 */
export async function versionOf(path, args = ["--version"]) {
  try {
    return versionIn(await execute(path, args, { deadlineMs: 10_000 }));
  } catch {
    return undefined;
  }
}

/** The first version in a text, as `18.4` in `postgres (PostgreSQL) 18.4`. @param {string} text */
export const versionIn = (text) => /\d+\.\d+(?:\.\d+)?/.exec(text)?.[0];

/**
 * @param {string} version
 * @param {string} least
 * @returns {boolean} whether `version` is `least` or newer
 */
export function isAtLeast(version, least) {
  const [a, b] = [version, least].map((one) => one.split(".").map(Number));
  for (let index = 0; index < 3; index += 1) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
