import { fileURLToPath } from "node:url";
import { tryFor } from "./extras.mjs";
import { allTogether, SetupFailure } from "./failure.mjs";
import { interruptible } from "./interrupt.mjs";
import { installPackages, nodeFor } from "./packages.mjs";
import { openTeller, seconds } from "./progress.mjs";
import { setUp } from "./setup.mjs";
import { postgresStep, programSteps } from "./steps.mjs";

/** The checkout that this file belongs to. */
const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Everything that the scripts of this repository need, from nothing: the packages, and the components.
 * @param {readonly import("./extras.mjs").Extra[]} [extras] where they can be had
 * @returns {Promise<{ root: string, node: string, tookMs: number }>} the Node to run scripts with
 * @throws {SetupFailure}
 */
export async function setUpRepository(extras = []) {
  const began = performance.now();
  process.stdout.write("set-up\n");
  checkHost();
  const teller = openTeller(process.stdout);
  /** @type {readonly Promise<unknown>[]} */
  const parts = [
    interruptible((signal) => installPackages(root, teller, signal)).then(() =>
      setUp({ ...teller, steps: [postgresStep()] }),
    ),
    // One after the other: they may come from apt, which does one thing at a time.
    setUp({ ...teller, steps: programSteps() }).then(async () => {
      for (const extra of extras) await tryFor(extra, teller);
    }),
  ];
  await allTogether(parts);
  const node = nodeFor(root);
  if (node === undefined) throw new Error("the packages are there, but no Node");
  const tookMs = performance.now() - began;
  teller.say(`ready (${seconds(tookMs)})`);
  return { root, node, tookMs };
}

function checkHost() {
  /** @param {import("./failure.mjs").Code} code @param {string} message @param {string} remedy */
  const refuse = (code, message, remedy) => new SetupFailure([{ code, where: "set-up", message, remedy }]);
  const [major = 0] = process.versions.node.split(".").map(Number);
  if (major < 20) {
    throw refuse("NODE_TOO_OLD", `this is Node ${process.version}`, "Install Node 20 or newer, with npm.");
  }
  if (process.platform === "win32") {
    throw refuse("UNSUPPORTED_PLATFORM", "Windows is not supported", "Use the Windows Subsystem for Linux.");
  }
}

/**
 * Runs a script of the repository: trouble with the set-up is told, and exits 3.
 * @param {() => Promise<number>} main returns the exit code
 */
export async function script(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    const isSetup = error instanceof SetupFailure;
    process.stderr.write(`\n${isSetup ? error.message : /** @type {Error} */ (error).stack}\n`);
    process.exitCode = isSetup ? error.exit : 70;
  }
}
