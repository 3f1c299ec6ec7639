export { renderIndex } from "./index-page.ts";
export { renderReport } from "./page.ts";
export { summaryOfRun } from "./summary-of-run.ts";
export { summaryLines } from "./terminal.ts";
