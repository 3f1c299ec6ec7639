import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { aptInstall, hindrance, isRoot } from "../apt.mjs";
import { cacheFolder } from "../cache-folder.mjs";
import { SetupFailure } from "../failure.mjs";
import { withLock } from "../lock.mjs";
import { onPath } from "../programs.mjs";
import { goOneOf } from "../ways.mjs";
import { answers } from "./look.mjs";

const startsWithinMs = 30_000;
const endsWithinMs = 30_000;

/** What an engine of our own is made of: the engine, what it needs to isolate itself, and what unpacks its images. */
const programs = ["dockerd", "docker", "iptables", "ip", "unshare", "nsenter", "setpriv", "zstd"];
const packages = ["docker.io", "iptables", "iproute2", "util-linux", "zstd"];

export const remedy =
  "Start a container engine (Docker, Podman with its API) and name its socket in DOCKER_HOST; or, as root on Debian, let the set-up install docker.io.";

/**
 * An engine of our own.
 * @typedef {object} OwnEngine
 * @property {string} host as DOCKER_HOST names it
 * @property {(command: readonly string[]) => string[]} within the command in the engine's network, where its ports are
 * @property {() => Promise<void>} stop ends it, with everything that runs on it
 */

/** Why there can be none here. @returns {string | undefined} */
export function whyNoOwnEngine() {
  if (process.platform !== "linux") return "an engine of our own is for Linux only";
  if (!isRoot()) return "an engine of our own needs root";
  return missing().length === 0 ? undefined : hindrance("apt-get");
}

const missing = () => programs.filter((program) => onPath(program) === undefined);

/**
 * Installs what is missing of it, with nothing of it running afterwards.
 * @param {import("../ways.mjs").Company} company
 * @throws {SetupFailure}
 */
export async function installEngine(company) {
  const isThere = () => Promise.resolve(missing().length === 0);
  if (await isThere()) return;
  await withLock({ folder: cacheFolder(), name: "engine", ...company }, async () => {
    if (await isThere()) return;
    const way = {
      name: `apt-get install ${packages.join(" ")}`,
      applies: () => whyNoOwnEngine(),
      run: (/** @type {AbortSignal} */ signal) => aptInstall(packages, signal),
    };
    await goOneOf({ component: "container engine", isThere, remedy }, [way], company);
  });
}

/**
 * Starts one that ends with us, however we end: a guardian holds it, and watches us.
 * @param {AbortSignal} signal
 * @returns {Promise<OwnEngine>}
 * @throws {SetupFailure} with the engine's last words
 */
export async function startEngine(signal) {
  const folder = mkdtempSync(join(tmpdir(), "faultline-engine-"));
  const socket = join(folder, "docker.sock");
  const guardian = spawn(process.execPath, [fileURLToPath(new URL("./guardian.mjs", import.meta.url)), folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  guardian.once("error", () => rmSync(folder, { recursive: true, force: true }));
  guardian.stdin.on("error", () => undefined);
  const ended = new Promise((resolve) => guardian.once("exit", resolve));
  const stop = async () => {
    guardian.stdin.end();
    await Promise.race([ended, sleep(endsWithinMs, undefined, { ref: false })]);
  };
  const log = () => (existsSync(join(folder, "engine.log")) ? readFileSync(join(folder, "engine.log"), "utf8") : "");
  try {
    await untilItAnswers(socket, guardian, log, signal);
  } catch (error) {
    await stop();
    throw error;
  }
  const init = readFileSync(join(folder, "init"), "utf8");
  const within = (/** @type {readonly string[]} */ command) => [
    "nsenter",
    `--net=/proc/${init}/ns/net`,
    "--",
    ...command,
  ];
  return { host: `unix://${socket}`, within, stop };
}

/**
 * @param {string} socket
 * @param {import("node:child_process").ChildProcess} guardian
 * @param {() => string} log
 * @param {AbortSignal} signal
 */
async function untilItAnswers(socket, guardian, log, signal) {
  let words = "";
  for (const deadline = performance.now() + startsWithinMs; performance.now() < deadline; ) {
    if (await answers(socket)) return;
    words = log() || words;
    if (guardian.exitCode !== null || guardian.signalCode !== null) break;
    await sleep(50, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
  const said = words.trim().split("\n").slice(-5).join(" | ");
  const message = `dockerd did not answer within ${startsWithinMs / 1000} s${said === "" ? "" : `: ${said}`}`;
  throw new SetupFailure([{ code: "ENGINE_NOT_STARTED", where: "container engine", message, remedy }]);
}
