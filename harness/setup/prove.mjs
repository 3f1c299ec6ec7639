// `npm run prove`: sets everything up, then runs the scenarios against the reference system and each of its seeded bugs.
// Arguments go to `faultline prove`: `npm run prove -- --mutants 'lost-*'`.
import { clocks } from "./faketime.mjs";
import { runWithOwnNode } from "./own-node.mjs";
import { script, setUpRepository } from "./repository.mjs";

await script(async () => {
  const repository = await setUpRepository([clocks]);
  const { code } = await runWithOwnNode(repository, ["harness/bin.mjs", "prove", ...process.argv.slice(2)]);
  return code;
});
