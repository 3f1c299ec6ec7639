// The bench, under the repository's own Node. What `scenarios/` imports as "faultline" is the Faultline next to it.
import { registerHooks } from "node:module";

const self = new URL("../index.ts", import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "faultline" ? { url: self, shortCircuit: true } : next(specifier, context),
});

const { main } = await import("./main.ts");
process.exitCode = await main(process.argv);
