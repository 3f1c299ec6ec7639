import { setTimeout as sleep } from "node:timers/promises";
import { execute, ProgramFailure } from "./execute.mjs";
import { onPath } from "./programs.mjs";

const deadlineMs = 300_000;
const isRoot = () => process.getuid?.() === 0;

/**
 * The system's package managers, by the program that shows that one is there.
 * @returns {readonly import("./ways.mjs").Way[]}
 */
export function redisWays() {
  return [
    { name: "apt-get install redis-server", applies: () => hindrance("apt-get"), run: aptInstall },
    simple("dnf", ["install", "-y", "redis"]),
    simple("apk", ["add", "--no-progress", "redis"]),
    simple("pacman", ["-S", "--noconfirm", "redis"]),
    {
      name: "brew install redis",
      applies: () => (onPath("brew") === undefined ? "brew is not here" : undefined),
      run: async (signal) => {
        const environment = { NONINTERACTIVE: "1", HOMEBREW_NO_INSTALL_CLEANUP: "1" };
        await execute("brew", ["install", "redis"], { deadlineMs, signal, environment });
      },
    },
  ];
}

/** @param {string} manager @param {readonly string[]} args @returns {import("./ways.mjs").Way} */
function simple(manager, args) {
  return {
    name: [manager, ...args].join(" "),
    applies: () => hindrance(manager),
    run: async (signal) => void (await asRoot([manager, ...args], signal)),
  };
}

/** @param {string} manager */
function hindrance(manager) {
  if (onPath(manager) === undefined) return `${manager} is not here`;
  if (!isRoot() && onPath("sudo") === undefined) return "we are not root, and sudo is not here";
  return undefined;
}

/** `sudo -n` fails instead of asking for a password. @param {readonly string[]} command @param {AbortSignal} [signal] */
function asRoot(command, signal) {
  const quietly = ["env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C", ...command];
  const [program = "", ...args] = isRoot() ? quietly : ["sudo", "-n", ...quietly];
  // A package manager that is killed in the middle leaves packages that are half there.
  const options = {
    deadlineMs,
    graceMs: 60_000,
    keepsTerminal: !isRoot(),
    ...(signal === undefined ? {} : { signal }),
  };
  return execute(program, args, options);
}

/** @param {AbortSignal} signal */
async function aptInstall(signal) {
  const wasThere = onPath("redis-server") !== undefined;
  const install = ["install", "-y", "--no-install-recommends", "redis-server"];
  await asRoot(["sh", "-c", forbidServices], signal);
  try {
    await apt(install, signal).catch(async () => {
      // On a machine that has just been set up there are no lists yet, or old ones that name what is no more.
      signal.throwIfAborted();
      await apt(["update"], signal);
      await apt(install, signal);
    });
  } finally {
    await asRoot(["sh", "-c", allowServices]);
  }
  if (!wasThere) await asRoot(["sh", "-c", keepServiceDown]).catch(() => undefined);
}

/**
 * Another apt may be at work, on a new machine above all: on the packages we wait for it by an option, on the lists,
 * which have a lock without one, by trying again.
 * @param {readonly string[]} args
 * @param {AbortSignal} signal
 */
async function apt(args, signal) {
  for (let triesLeft = 12; ; triesLeft -= 1) {
    try {
      await asRoot(["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120", ...args], signal);
      return;
    } catch (error) {
      const isLocked = error instanceof ProgramFailure && /Could not get lock/.test(error.output);
      if (!isLocked || triesLeft === 0) throw error;
      await sleep(10_000, undefined, { signal });
    }
  }
}

// Debian starts a server when it installs one, and starts it again at boot. Nothing may run afterwards that did not run
// before: while we install, a policy forbids it; where there is a policy already (as in containers), that one decides.
const policy = "/usr/sbin/policy-rc.d";
const forbidServices = `
  [ -e ${policy} ] && exit 0
  printf '#!/bin/sh\\n# faultline set-up\\nexit 101\\n' > ${policy} && chmod 755 ${policy}`;
const allowServices = `if grep -q '^# faultline set-up$' ${policy} 2>/dev/null; then rm -f ${policy}; fi`;
const keepServiceDown = "if command -v systemctl >/dev/null; then systemctl disable --now redis-server; fi";
