// `npm test`: sets everything up, then runs the tests. Arguments go to vitest: `npm test -- --project unit`.
import { runTests } from "./run-tests.mjs";

await runTests(process.argv.slice(2));
