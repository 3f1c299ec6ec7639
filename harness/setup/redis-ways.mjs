import { aptInstall, asRoot, hindrance } from "./apt.mjs";
import { execute } from "./execute.mjs";
import { onPath } from "./programs.mjs";

/**
 * The system's package managers, by the program that shows that one is there.
 * @returns {readonly import("./ways.mjs").Way[]}
 */
export function redisWays() {
  return [
    { name: "apt-get install redis-server", applies: () => hindrance("apt-get"), run: withoutService },
    simple("dnf", ["install", "-y", "redis"]),
    simple("apk", ["add", "--no-progress", "redis"]),
    simple("pacman", ["-S", "--noconfirm", "redis"]),
    {
      name: "brew install redis",
      applies: () => (onPath("brew") === undefined ? "brew is not here" : undefined),
      run: async (signal) => {
        const environment = { NONINTERACTIVE: "1", HOMEBREW_NO_INSTALL_CLEANUP: "1" };
        await execute("brew", ["install", "redis"], { deadlineMs: 300_000, signal, environment });
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

/** @param {AbortSignal} signal */
async function withoutService(signal) {
  const wasThere = onPath("redis-server") !== undefined;
  await aptInstall(["redis-server"], signal);
  if (!wasThere) await asRoot(["sh", "-c", keepServiceDown]).catch(() => undefined);
}

const keepServiceDown = "if command -v systemctl >/dev/null; then systemctl disable --now redis-server; fi";
