import { readFileSync } from "node:fs";

/** The page's script, as its policy names it by its hash. Static: no value of a run may get here. */
export const script = readFileSync(new URL("../../harness/report/browser/page.js", import.meta.url), "utf8");
