// `npm test`: sets everything up, then runs the tests. Arguments go to vitest: `npm test -- --project unit`.
import { join } from "node:path";
import { runWithOwnNode } from "./own-node.mjs";
import { script, setUpRepository } from "./repository.mjs";

await script(async () => {
  const repository = await setUpRepository();
  const vitest = join(repository.root, "node_modules", "vitest", "vitest.mjs");
  const { code } = await runWithOwnNode(repository, [vitest, "run", ...process.argv.slice(2)]);
  return code;
});
