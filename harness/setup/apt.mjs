import { setTimeout as sleep } from "node:timers/promises";
import { execute, ProgramFailure } from "./execute.mjs";
import { onPath } from "./programs.mjs";

const deadlineMs = 300_000;

/** Whether we may do everything without asking for it. */
export const isRoot = () => process.getuid?.() === 0;

/** Why this package manager can't be used here. @param {string} manager @returns {string | undefined} */
export function hindrance(manager) {
  if (onPath(manager) === undefined) return `${manager} is not here`;
  if (!isRoot() && onPath("sudo") === undefined) return "we are not root, and sudo is not here";
  return undefined;
}

/** `sudo -n` fails instead of asking for a password. @param {readonly string[]} command @param {AbortSignal} [signal] */
export function asRoot(command, signal) {
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

/**
 * Installs packages of Debian and what they need. No service that comes with them is started.
 * @param {readonly string[]} packages
 * @param {AbortSignal} signal
 */
export async function aptInstall(packages, signal) {
  const install = ["install", "-y", "--no-install-recommends", ...packages];
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
