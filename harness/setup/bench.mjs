// `npm run bench`: sets everything up, then measures the reference system. Arguments go on: `npm run bench -- reads`.
import { runWithOwnNode } from "./own-node.mjs";
import { script, setUpRepository } from "./repository.mjs";

await script(async () => {
  const repository = await setUpRepository();
  const { code } = await runWithOwnNode(repository, ["harness/bench/bin.mjs", ...process.argv.slice(2)]);
  return code;
});
