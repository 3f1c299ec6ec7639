// `npm run test:safety`: what `npm test` ends twenty times at random moments, two hundred times.
import { join } from "node:path";
import { runWithOwnNode } from "./own-node.mjs";
import { script, setUpRepository } from "./repository.mjs";

process.env["FAULTLINE_KILLS"] ??= "200";

await script(async () => {
  const repository = await setUpRepository();
  const vitest = join(repository.root, "node_modules", "vitest", "vitest.mjs");
  const { code } = await runWithOwnNode(repository, [vitest, "run", "--project", "e2e", "harness/cli/safety"]);
  return code;
});
