import { join } from "node:path";
import { runWithOwnNode } from "./own-node.mjs";
import { script, setUpRepository } from "./repository.mjs";

/**
 * Sets everything up, runs vitest with these arguments, and ends with its code.
 * @param {readonly string[]} args
 */
export async function runTests(args) {
  await script(async () => {
    const repository = await setUpRepository();
    const vitest = join(repository.root, "node_modules", "vitest", "vitest.mjs");
    const { code } = await runWithOwnNode(repository, [vitest, "run", ...args]);
    return code;
  });
}
