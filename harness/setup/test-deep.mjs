// `npm run test:deep`: what `npm test` tries a few thousand times, a few hundred thousand times.
import { runTests } from "./run-tests.mjs";

process.env["FAULTLINE_HISTORIES"] ??= "300000";

process.env["FUZZ_SEED"] ??= String(Math.floor(Math.random() * 2 ** 31));

// The tests whose cases are drawn at random and worth drawing by the hundred thousand, or anew each time.
const projects = ["--project", "unit", "--project", "integration"];
await runTests([
  ...projects,
  ".differential.test",
  "harness/checks/final-state",
  "harness/schema/final-state",
  "target-app/http/fuzz",
]);
