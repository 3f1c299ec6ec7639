import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * A program on the PATH.
 * @param {string} name
 * @param {string} path
 * @returns {string | undefined}
 */
export function onPath(name, path = process.env["PATH"] ?? "") {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
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
 * Runs a program to its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ deadlineMs: number, environment?: Record<string, string>, cwd?: string }} options
 * @returns {Promise<string>} what it wrote to stdout
 * @throws with the end of what it wrote when it fails or takes too long
 */
export function execute(command, args, { deadlineMs, environment = {}, cwd }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...environment },
      ...(cwd === undefined ? {} : { cwd }),
    });
    let stdout = "";
    /** @type {string[]} */
    let lines = [];
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, deadlineMs);
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      lines = [...lines, ...String(chunk).split("\n")].filter((line) => line.trim() !== "");
      // The first words say what is wrong, the last ones where it ended; between them lies a usage text or a trace.
      if (lines.length > 60) lines = [...lines.slice(0, 20), ...lines.slice(-20)];
    });
    child.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve(stdout);
      const how = late ? `took longer than ${deadlineMs / 1000} s` : `ended with ${signal ?? `exit ${code}`}`;
      const said = [...new Set([...lines.slice(0, 4), ...lines.slice(-2)])].map((line) => line.trim().slice(0, 300));
      reject(
        new Error(`\`${[command, ...args].join(" ")}\` ${how}${said.length === 0 ? "" : `: ${said.join(" | ")}`}`),
      );
    });
  });
}

/**
 * The version that a program tells of itself.
 * @param {string} path
 * @param {readonly string[]} args
 * @returns {Promise<string | undefined>} as `7.0.15`; undefined when it tells none
 */
export async function versionOf(path, args = ["--version"]) {
  try {
    const text = await execute(path, args, { deadlineMs: 10_000 });
    return /\d+\.\d+(?:\.\d+)?/.exec(text)?.[0];
  } catch {
    return undefined;
  }
}

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
