import { join } from "node:path";
import { browser } from "./chromium.mjs";
import { clocks } from "./faketime.mjs";
import { runWithOwnNode } from "./own-node.mjs";
import { script, setUpRepository } from "./repository.mjs";

/**
 * Sets everything up, runs vitest with these arguments, and ends with its code. Without a project that is named: all but
 * the long ones, which are for CI.
 * @param {readonly string[]} args
 */
export async function runTests(args) {
  await script(async () => {
    const repository = await setUpRepository([clocks, ...(needsBrowser(args) ? [browser] : [])]);
    const vitest = join(repository.root, "node_modules", "vitest", "vitest.mjs");
    const { code } = await runWithOwnNode(repository, [
      vitest,
      "run",
      ...(projectsOf(args).length === 0 ? ["--project", "!long*"] : []),
      ...args,
    ]);
    return code;
  });
}

/**
 * Whether tests that open a browser are among those that vitest will run: it runs all, or the projects that are named.
 * @param {readonly string[]} args
 */
export function needsBrowser(args) {
  const named = projectsOf(args);
  return named.length === 0 || named.some((name) => name === "browser" || name.startsWith("long"));
}

/** @param {readonly string[]} args @returns {readonly string[]} */
function projectsOf(args) {
  return args.flatMap((arg, index) => {
    if (arg === "--project") return [args[index + 1] ?? ""];
    return arg.startsWith("--project=") ? [arg.slice("--project=".length)] : [];
  });
}
