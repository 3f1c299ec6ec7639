// `npm run test:deep`: what `npm test` tries a few thousand times, a few hundred thousand times.
import { join } from "node:path";
import { runWithOwnNode } from "./own-node.mjs";
import { script, setUpRepository } from "./repository.mjs";

/** The tests whose cases are drawn at random and worth drawing by the hundred thousand. */
const deep = ["harness/checks/linearizable.differential"];
process.env["FAULTLINE_HISTORIES"] ??= "300000";

await script(async () => {
  const repository = await setUpRepository();
  const vitest = join(repository.root, "node_modules", "vitest", "vitest.mjs");
  const { code } = await runWithOwnNode(repository, [vitest, "run", "--project", "unit", ...deep]);
  return code;
});
