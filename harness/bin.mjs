#!/usr/bin/env node
// The command `faultline`: from the sources where they are there (in the repository), else from what was built of them.
import { existsSync } from "node:fs";
// As a whole: an older Node has no registerHooks, and must live to say so.
import * as nodeModule from "node:module";
import { join } from "node:path";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 22)) {
  console.error(`faultline: needs Node 22.22 or newer, this is ${process.version} [NODE_TOO_OLD]`);
  console.error(
    "  Install a newer Node, or in the repository run `npm ci` and use `npx faultline`, which brings its own.",
  );
  process.exit(64);
}

const sources = new URL("./cli/main.ts", import.meta.url);
const inRepository = existsSync(sources);
const home = inRepository ? new URL("./", import.meta.url) : new URL("../dist/", import.meta.url);
const suffix = inRepository ? "ts" : "js";

// What was compiled is kept for the next start, which has its first words in half the time.
const { cacheFolder } = await import(new URL("setup/cache-folder.mjs", home).href);
nodeModule.enableCompileCache(join(cacheFolder(), "compiled"));

// A scenario's `import … from "faultline"` means the Faultline that runs it, wherever the scenario lies: one instance,
// also when Faultline is installed globally or runs from its sources.
const self = new URL(`index.${suffix}`, home).href;
nodeModule.registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "faultline" ? { url: self, shortCircuit: true } : next(specifier, context),
});

const { main } = await import(new URL(`cli/main.${suffix}`, home).href);
process.exitCode = await main(process.argv);
// A client that a workload opened may have left sockets and timers that would keep the process alive for ever. What was
// written goes out first: a pipe need not have been read yet.
await Promise.all([process.stdout, process.stderr].map((one) => new Promise((written) => one.write("", written))));
process.exit();
