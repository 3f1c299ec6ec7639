import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { type Problem, usageError } from "../errors.ts";
import { exits } from "../exits.ts";
import type { CodeInfo } from "./code-info.ts";
import { codeGroups, type ErrorCode, errorCodes, exitsOfCode } from "./index.ts";

// `docs/errors.md` is made from the registry. `npm run docs` writes it; these tests find out when it is old, and when a
// code is there that no error has.

const harness = resolve(import.meta.dirname, "../..");
const codes = Object.entries(errorCodes) as readonly (readonly [string, CodeInfo])[];

/** All that ends up in an error: no tests, and not the registry itself. */
const sources = readdirSync(harness, { recursive: true, encoding: "utf8" })
  .filter((path) => /\.(ts|mjs)$/.test(path) && !/\.test\.ts$|(^|\/)testing\/|^model\/error-codes\//.test(path))
  .map((path) => ({ path, text: readFileSync(join(harness, path), "utf8") }));

const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\//g, "");

/** As a text, or as the key of a table of remedies. */
const isStated = (code: string, text: string): boolean => text.includes(`"${code}"`) || text.includes(`\n  ${code}: "`);

const row = ([code, info]: readonly [string, CodeInfo]): string =>
  `| \`${code}\` | ${exitsOfCode(info).join(", ")} | ${info.meaning} | ${info.remedy} |`;

const section = ([title, infos]: readonly [string, Readonly<Record<string, CodeInfo>>]): string =>
  [
    `## ${title}`,
    "",
    "| code | exit | meaning | remedy |",
    "| --- | --- | --- | --- |",
    ...Object.entries(infos)
      .toSorted(([one], [other]) => one.localeCompare(other, "en"))
      .map(row),
    "",
  ].join("\n");

const preface = `# Errors

Made from the code by \`npm run docs\`; change it there.

Every error has a code, which is stable: match on it, and not on the words. It stands in brackets behind the message on stderr,
as \`--seed: is "a b" [BAD_SEED]\`, and with \`--json\` as \`error.code\`, or as \`error.problems[].code\` where several things are
wrong at once. The error itself says where, what was given, and what to do there; here is what is true of all that have its code.
Only an unknown flag or a missing argument has none, and exits with 64, too.

\`exit\` is what the command exits with ([all exit codes](../README.md#on-the-command-line)); where there are several it depends on
the command. Of several runs the worst counts. An inconclusive run is no error: why it is so is the \`cause\` in its \`run.json\`.
A check of your own may state problems with codes of its own, which begin with \`OWN_\`: no code of Faultline's ever will.
`;

test("docs/errors.md says what the registry says", async () => {
  const page = [preface, ...Object.entries(codeGroups).map(section)].join("\n");
  await expect(page).toMatchFileSnapshot("../../../docs/errors.md");
});

test("each code stands in one group, and none is for the codes of others", () => {
  const grouped = Object.values(codeGroups).flatMap((infos) => Object.keys(infos));
  expect(grouped.toSorted()).toEqual([...new Set(grouped)].toSorted());
  for (const code of grouped) expect(code).toMatch(/^(?!OWN_)[A-Z]+(_[A-Z]+)*$/);
});

test.each(codes)("%s has a meaning and a remedy of one sentence each", (_, { meaning, remedy }) => {
  for (const text of [meaning, remedy]) expect(text).toMatch(/^[A-Z`][^|\n]*[^.]\.$/);
  expect(meaning).not.toMatch(/[a-z`)]\. [A-Z]/);
  expect(remedy).not.toMatch(/[a-z`)]\. [A-Z]/);
});

test.each(codes)("%s is the code of some error", (code) => {
  expect(sources.some(({ text }) => isStated(code, withoutComments(text)))).toBe(true);
});

test("what comments say is thrown is in the registry", () => {
  const stated = sources.flatMap(({ path, text }) =>
    [...text.matchAll(/@throws (?:FaultlineError|BadAudit) .*/g)].flatMap(([line]) =>
      (line.match(/\b[A-Z]+(?:_[A-Z]+)+\b/g) ?? []).map((code) => ({ path, code })),
    ),
  );
  expect(stated.length).toBeGreaterThan(20);
  expect(stated.filter(({ code }) => !Object.hasOwn(errorCodes, code))).toEqual([]);
});

test("what is thrown with an exit code has a code of that exit", () => {
  const thrown = sources.flatMap(({ path, text }) =>
    [...text.matchAll(/new FaultlineError\(\s*exits\.(\w+),\s*\[\s*\{\s*code: "(\w+)"/g)].map(([, exit, code]) => ({
      path,
      code: code as ErrorCode,
      exit: exits[exit as keyof typeof exits],
    })),
  );
  expect(thrown.length).toBeGreaterThan(8);
  expect(thrown.filter(({ code, exit }) => !exitsOfCode(errorCodes[code]).includes(exit))).toEqual([]);
});

test("an error of one exit code alone does not compile with a code of another", () => {
  const rest = { where: "w", message: "m", remedy: "r" };
  // @ts-expect-error the registry does not have it
  const unknown: Problem = { ...rest, code: "NO_SUCH_CODE" };
  // @ts-expect-error it stands for what could not be undone, which is not the user's mistake
  const other = usageError({ ...rest, code: "LEFT_BROKEN" });
  expect([unknown.code, other.code]).toEqual(["NO_SUCH_CODE", "LEFT_BROKEN"]);
});
