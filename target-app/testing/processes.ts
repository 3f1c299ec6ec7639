export { Process } from "../embedded/process.ts";
export { eventually, freePort } from "../embedded/waiting.ts";

// How the test runner ends its workers: whatever a test that failed half-way has not stopped ends with them.
process.once("SIGTERM", () => process.exit(143));
