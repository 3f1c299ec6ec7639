// `npm run test:deep`: what `npm test` tries a few thousand times, a few hundred thousand times.
import { runTests } from "./run-tests.mjs";

process.env["FAULTLINE_HISTORIES"] ??= "300000";

// The tests whose cases are drawn at random and worth drawing by the hundred thousand.
await runTests(["--project", "unit", "harness/checks/linearizable.differential"]);
