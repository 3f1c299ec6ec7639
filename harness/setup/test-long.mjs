// `npm run test:long`: the tests that take half a minute and more each, which CI runs besides `npm test`.
import { runTests } from "./run-tests.mjs";

await runTests(["--project", "long*", ...process.argv.slice(2)]);
