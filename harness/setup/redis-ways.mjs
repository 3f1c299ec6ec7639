import { chmodSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { execute, onPath } from "./programs.mjs";

const deadlineMs = 300_000;
const isRoot = () => process.getuid?.() === 0;

/** The system's package managers, by the program that shows that one is there. @returns {readonly import("./ways.mjs").Way[]} */
export function redisWays() {
  return [
    { name: "apt-get install redis-server", applies: () => hindrance("apt-get"), run: aptInstall },
    simple("dnf", ["install", "-y", "redis"]),
    simple("apk", ["add", "--no-progress", "redis"]),
    simple("pacman", ["-S", "--noconfirm", "redis"]),
    {
      name: "brew install redis",
      applies: () => (onPath("brew") === undefined ? "brew is not here" : undefined),
      run: async () => void (await execute("brew", ["install", "redis"], { deadlineMs })),
    },
  ];
}

/** @param {string} manager @param {readonly string[]} args @returns {import("./ways.mjs").Way} */
function simple(manager, args) {
  return {
    name: [manager, ...args].join(" "),
    applies: () => hindrance(manager),
    run: async () => void (await asRoot(manager, args)),
  };
}

/** @param {string} manager */
function hindrance(manager) {
  if (onPath(manager) === undefined) return `${manager} is not here`;
  if (!isRoot() && onPath("sudo") === undefined) return "we are not root, and sudo is not here";
  return undefined;
}

/** `sudo -n` fails instead of asking for a password. @param {string} command @param {readonly string[]} args */
function asRoot(command, args, environment = {}) {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const [program, ...rest] = isRoot()
    ? ["env", ...variables, command, ...args]
    : ["sudo", "-n", "env", ...variables, command, ...args];
  return execute(/** @type {string} */ (program), rest, { deadlineMs });
}

const policy = "/usr/sbin/policy-rc.d";

async function aptInstall() {
  const quietly = { DEBIAN_FRONTEND: "noninteractive" };
  const wait = ["-o", "DPkg::Lock::Timeout=120", "-qq"];
  const install = ["install", ...wait, "-y", "--no-install-recommends", "redis-server"];
  const services = keepServicesDown();
  try {
    // On a machine that has just been set up there are no lists yet, or old ones that name what is no more.
    await asRoot("apt-get", ["update", ...wait], quietly);
    await asRoot("apt-get", install, quietly);
  } finally {
    await services.end();
  }
}

/**
 * Debian starts a server when it installs one. Nothing may run afterwards that did not run before: while root installs,
 * a policy forbids it; without root, the service that came with the package is stopped after.
 */
function keepServicesDown() {
  if (!isRoot()) {
    const stop = () => asRoot("systemctl", ["disable", "--now", "redis-server"]).catch(() => "");
    return { end: async () => void (await stop()) };
  }
  if (existsSync(policy)) return { end: async () => undefined };
  writeFileSync(policy, "#!/bin/sh\nexit 101\n");
  chmodSync(policy, 0o755);
  return { end: async () => rmSync(policy, { force: true }) };
}
