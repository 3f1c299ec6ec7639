// `npm run test:safety`: what `npm test` ends twenty times at random moments, two hundred times.
import { runTests } from "./run-tests.mjs";

process.env["FAULTLINE_KILLS"] ??= "200";

await runTests(["--project", "e2e", "--project", "long", "harness/cli/safety"]);
