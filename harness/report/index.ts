export { renderReport } from "./page.ts";
export { summaryLines } from "./terminal.ts";
