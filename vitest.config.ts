import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const alias = { faultline: fileURLToPath(new URL("./harness/index.ts", import.meta.url)) };
const exclude = ["**/node_modules/**", "dist/**", "reports/**"];

/** Integration and e2e start real components: one file at a time, so that two cores are not shared by ten databases. */
const realComponents = { fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          include: ["{harness,scenarios,target-app}/**/*.test.{ts,mjs}"],
          // Property tests on a loaded machine: a limit is there for what hangs, not for what is slow.
          testTimeout: 60_000,
          exclude: [...exclude, "**/*.integration.test.ts", "**/*.conformance.test.ts", "**/*.e2e.test.ts"],
        },
      },
      {
        resolve: { alias },
        test: { name: "integration", include: ["**/*.integration.test.ts"], exclude, ...realComponents },
      },
      {
        resolve: { alias },
        test: { name: "conformance", include: ["**/*.conformance.test.ts"], exclude, ...realComponents },
      },
      { resolve: { alias }, test: { name: "e2e", include: ["**/*.e2e.test.ts"], exclude, ...realComponents } },
    ],
  },
});
