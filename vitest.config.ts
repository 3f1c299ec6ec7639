import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const source = (file: string): string => fileURLToPath(new URL(`./harness/${file}`, import.meta.url));
// The longer name first: an alias also stands for what begins with it and a slash.
export const alias = { "faultline/vitest": source("vitest.ts"), faultline: source("index.ts") };
const exclude = ["**/node_modules/**", "dist/**", "reports/**"];

/**
 * What starts real components runs one project after the other, and few files at a time, so that two cores are not shared
 * by ten databases. Limits are there for what hangs, not for what is slow.
 * @param atATime more than one where tests mostly wait, and none of them compares times
 */
const realComponents = (groupOrder: number, atATime = 1) => ({
  maxWorkers: atATime,
  fileParallelism: atATime > 1,
  sequence: { groupOrder },
  testTimeout: 120_000,
  hookTimeout: 120_000,
});

/** What takes longest begins first, so that nothing waits for it at the end; on a fresh checkout vitest goes by size. */
const longest = ["report/hostile.long", "cli/explore.long", "bench/bench.long"];
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => longest.some((name) => moduleId.includes(name));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** All kinds of faults in one run, of which each must be proven: beside others that seldom comes to a verdict. */
const alone = ["scenarios/*.long.test.ts"];

/** A run that says that it can't tell, on a machine that stood still, say, is asked again, as its user would. */
const askedAgain = { retry: { count: 2, condition: /INCONCLUSIVE[\s\S]*expected 2 to be (\+0|1)\b/ } };

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          include: ["{harness,scenarios,target-app}/**/*.test.{ts,mjs}"],
          // Property tests on a loaded machine: a limit is there for what hangs, not for what is slow.
          testTimeout: 60_000,
          exclude: [...exclude, "**/*.{integration,conformance,e2e,browser,long}.test.ts"],
        },
      },
      {
        resolve: { alias },
        test: { name: "integration", include: ["**/*.integration.test.ts"], exclude, ...realComponents(1, 2) },
      },
      {
        resolve: { alias },
        test: { name: "conformance", include: ["**/*.conformance.test.ts"], exclude, ...realComponents(2) },
      },
      {
        resolve: { alias },
        test: { name: "e2e", include: ["**/*.e2e.test.ts"], exclude, ...realComponents(3, 3), ...askedAgain },
      },
      {
        resolve: { alias },
        test: { name: "browser", include: ["**/*.browser.test.ts"], exclude, ...realComponents(4, 2) },
      },
      // What takes half a minute and more a file, for `npm run test:long` and CI.
      {
        resolve: { alias },
        test: {
          name: "long",
          include: ["**/*.long.test.ts"],
          exclude: [...exclude, ...alone],
          ...realComponents(5, 3),
          ...askedAgain,
        },
      },
      {
        resolve: { alias },
        test: { name: "long-alone", include: alone, exclude, ...realComponents(6), ...askedAgain },
      },
    ],
  },
});
