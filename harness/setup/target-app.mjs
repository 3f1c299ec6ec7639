// `npm run target-app`: sets everything up, then starts the reference system on components of its own, for trying it
// out, until it is told to stop. Its settings are variables: `PORT=4000 MUTANT=lost-del npm run target-app`.
import { runWithOwnNode } from "./own-node.mjs";
import { script, setUpRepository } from "./repository.mjs";

await script(async () => {
  const repository = await setUpRepository();
  const { code } = await runWithOwnNode(repository, ["target-app/start.ts"]);
  return code;
});
