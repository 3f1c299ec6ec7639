// `npm run engine -- <command…>`: runs a command where a container engine is: the one that is there, or else, as root on
// Debian, one of our own that ends with the command, with images made from Debian's packages. Everything else of the
// set-up goes first: in the network of an engine of our own there is nothing but the engine.
import { cacheFolder } from "./cache-folder.mjs";
import { bringImages, ownImages } from "./engine/images.mjs";
import { lookForEngine } from "./engine/look.mjs";
import { installEngine, remedy, startEngine, whyNoOwnEngine } from "./engine/own-engine.mjs";
import { SetupFailure } from "./failure.mjs";
import { interruptible } from "./interrupt.mjs";
import { runWithOwnNode } from "./own-node.mjs";
import { openTeller, seconds } from "./progress.mjs";
import { script, setUpRepository } from "./repository.mjs";

await script(async () => {
  const command = process.argv.slice(2);
  if (command.length === 0)
    throw refused(
      "NO_COMMAND",
      "nothing to run",
      "Give a command: npm run engine -- npx faultline run calm --env containers",
    );
  const repository = await setUpRepository();
  const there = await lookForEngine();
  if (there !== undefined) {
    openTeller(process.stdout).say(`container engine: the one at ${there}`);
    const [program = "", ...args] = command;
    return (await runWithOwnNode(repository, args, { program })).code;
  }
  const hindrance = whyNoOwnEngine();
  if (hindrance !== undefined) throw refused("NO_ENGINE", `none answers, and ${hindrance}`, remedy);
  return withOwnEngine(repository, command);
});

/** @param {{ root: string, node: string }} repository @param {readonly string[]} command */
async function withOwnEngine(repository, command) {
  const began = performance.now();
  const teller = openTeller(process.stdout);
  const engine = await interruptible(async (signal) => {
    await installEngine({ say: teller.say, signal });
    const started = await startEngine(signal);
    try {
      await bringImages(started.host, { root: repository.root, ...teller, signal });
    } catch (error) {
      await started.stop();
      throw error;
    }
    return started;
  });
  teller.say(`container engine of our own, with images from ${cacheFolder()} (${seconds(performance.now() - began)})`);
  try {
    const [program = "", ...args] = engine.within(command);
    const environment = {
      DOCKER_HOST: engine.host,
      FAULTLINE_IMAGES: JSON.stringify(ownImages),
      FAULTLINE_PULL: "never",
    };
    return (await runWithOwnNode(repository, args, { program, environment })).code;
  } finally {
    await engine.stop();
  }
}

/** @param {import("./failure.mjs").Code} code @param {string} message @param {string} remedy */
function refused(code, message, remedy) {
  return new SetupFailure([{ code, where: "container engine", message, remedy }], code === "NO_COMMAND" ? 64 : 3);
}
