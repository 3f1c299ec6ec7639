import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nothingHangs } from "../index.ts";
import { FaultlineError } from "../model/errors.ts";
import { planAll } from "./planned.ts";

const shelf = fileURLToPath(new URL("./testing/shelf/shelf.ts", import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "planned-"));
  const faults = {
    jump: `clockSkew("web", { by: seconds(60) })`,
    slow: `latency("web->store", { latency: seconds(0.1) })`,
  };
  for (const [id, fault] of Object.entries(faults)) {
    writeFileSync(
      join(folder, `${id}.ts`),
      `import { availability, clockSkew, latency, scenario, seconds } from "faultline";
       import { people, phases, shelf } from ${JSON.stringify(shelf)};
       export default scenario({ name: "x", expects: "", system: shelf(), workload: people, phases,
         faults: [{ at: seconds(0.1), lasting: seconds(1), inject: ${fault} }], checks: [availability({ atLeast: 0.1 })] });`,
    );
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

const environment = { name: "local", capabilities: ["network", "clock"], kinds: ["redis", "service"] };
const planned = (lacks: Record<string, string>, filters: string[] = []) =>
  planAll(filters, { scenarios: folder, seed: "7" }, { ...environment, lacks });

test("a scenario that needs what this machine lacks is left out, with the reason; the others run", async () => {
  const here = await planned({});
  expect(here.planned.map(({ id }) => id)).toEqual(["jump", "slow"]);
  expect(here.skipped).toEqual([]);
  const elsewhere = await planned({ clock: "Install libfaketime." });
  expect(elsewhere.planned.map(({ id }) => id)).toEqual(["slow"]);
  expect(elsewhere.skipped).toEqual([
    { scenario: "jump", why: ["clockSkew needs clock, which is unavailable here. Install libfaketime."] },
  ]);
});

test("when all are left out there is nothing to run, and that is told by the reasons", async () => {
  const { planned: none, skipped } = await planned({ clock: "Install libfaketime." }, ["jump"]);
  expect(none).toEqual([]);
  expect(skipped).toHaveLength(1);
});

const problemsOf = async (flags: Record<string, unknown> = {}, filters: readonly string[] = []) => {
  const error = await planAll(filters, { scenarios: folder, seed: "7", ...flags }, { ...environment, lacks: {} }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(FaultlineError);
  return (error as FaultlineError).problems;
};
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
/** Of the scenario `jump`, with other fields. */
const like = (fields: string): string =>
  `import base from "./jump.ts"; import { seconds } from "faultline"; void seconds; export default { ...base, ${fields} };`;

test("the problems of all files come at once: what cannot be loaded hides nothing of the others", async () => {
  write("broken.ts", 'throw new Error("no price list");');
  write("lacking.ts", "export default { name: 1 };");
  write("planless.ts", like("checks: []"));
  write("faultless.ts", like('faults: "none"'));
  const problems = await problemsOf();
  expect(problems.map(({ code }) => code).sort()).toEqual([
    "BAD_FAULTS",
    "NOT_A_SCENARIO",
    "NO_CHECKS",
    "SCENARIO_NOT_LOADED",
  ]);
});

test("with a tag that only the file has which cannot be loaded, that file is the problem", async () => {
  write("broken.ts", 'throw new Error("no price list");');
  expect((await problemsOf({ tag: "slow" })).map(({ code }) => code)).toEqual(["SCENARIO_NOT_LOADED"]);
});

test("every variant of a system is planned, and what they share is said once", async () => {
  write(
    "both.ts",
    `import base from "./jump.ts"; import { redis, system } from "faultline";
     const of = (entry) => ({ ...base.system, entry });
     export default { ...base, checks: [], variants: { one: of("wbe"), two: of("wed") } };`,
  );
  const messages = (await problemsOf({ variant: "*" }, ["both"])).map(({ code, message }) => `${code} ${message}`);
  expect(messages.filter((one) => one.startsWith("NO_CHECKS"))).toHaveLength(1);
  expect(messages.filter((one) => one.includes("wbe"))).toHaveLength(1);
  expect(messages.filter((one) => one.includes("wed"))).toHaveLength(1);
});

test("two files of one id are refused with both paths, whether found in a folder or given", async () => {
  write("jump.js", like('name: "other"'));
  for (const filters of [[], ["jump"], [join(folder, "jump.ts"), join(folder, "jump.js")]]) {
    const [problem] = await problemsOf({}, filters);
    expect(problem).toMatchObject({ code: "DOUBLE_ID", message: expect.stringContaining('"jump"') });
    expect(problem!.where).toContain("jump.ts");
    expect(problem!.where).toContain("jump.js");
  }
  // One of them by its path is one scenario, and so is one that is named twice.
  const one = join(folder, "jump.ts");
  expect((await planned({}, [one, one])).planned.map(({ id }) => id)).toEqual(["jump"]);
  expect((await planned({}, ["slow"])).planned.map(({ id }) => id)).toEqual(["slow"]);
});

test.each([
  ["a promise", 'export default Promise.reject(new Error("late"));', /is a promise: await it/],
  ["undefined", "export default undefined;", /is undefined/],
  ["null", "export default null;", /is null/],
  ["nothing", "export const one = 1;", /no default export/],
])("a default export that is %s is refused", async (_what, text, message) => {
  write("odd.ts", text);
  const [problem] = await problemsOf({}, ["odd"]);
  expect(problem).toMatchObject({ code: "NOT_A_SCENARIO", message: expect.stringMatching(message) });
});

test.each(["[undefined]", "[null]", "[Promise.resolve(base.checks[0])]", "Promise.resolve(base.checks)", "undefined"])(
  "checks that are %s are refused, with the configuration's budgets, too",
  async (checks) => {
    write("odd.ts", like(`checks: ${checks}`));
    const codes = (await problemsOf({ budgets: [nothingHangs({ atMost: 0.5 })] }, ["odd"])).map(({ code }) => code);
    expect(["NOT_A_CHECK", "NO_CHECKS", "NOT_A_SCENARIO"]).toContain(codes[0]);
  },
);

test.each([
  ["null", "null"],
  ["a promise", "Promise.resolve(base.system)"],
  ["a list of names", '["one"]'],
])("a variant that is %s is refused with its place, and is no crash", async (_what, value) => {
  write("odd.ts", like(`variants: { one: base.system, two: ${value} }`));
  const problems = await problemsOf({ variant: "*" }, ["odd"]);
  expect(problems.length).toBeGreaterThan(0);
  for (const { where } of problems) expect(where).toMatch(/^odd: (variants\.two|system)/);
  write("odder.ts", like(`variants: ${value}`));
  expect((await problemsOf({ variant: "*" }, ["odder"])).map(({ where }) => where)[0]).toMatch(/^odder: variants/);
});

test("filters that name nothing are refused together", async () => {
  expect((await problemsOf({}, ["jmp", "slow", "sluw"])).map(({ message }) => message)).toEqual([
    expect.stringContaining('"jmp"'),
    expect.stringContaining('"sluw"'),
  ]);
});
