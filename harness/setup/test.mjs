// `npm test`: sets everything up, then runs the tests. Arguments go to vitest: `npm test -- --project unit`.
import { join } from "node:path";
import { root, runWithOwnNode, script, setUpRepository } from "./repository.mjs";

await script(async () => {
  await setUpRepository();
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const { code } = await runWithOwnNode([vitest, "run", ...process.argv.slice(2)]);
  return code;
});
