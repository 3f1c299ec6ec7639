export { compareMarkdown } from "./compare-markdown.ts";
export { renderComparison } from "./compare-page.ts";
export { compareLines } from "./compare-terminal.ts";
export { renderIndex } from "./index-page.ts";
export { renderReport } from "./page.ts";
export { summaryOfRun } from "./summary-of-run.ts";
export { summaryLines } from "./terminal.ts";
