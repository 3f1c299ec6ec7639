import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { type CheckName, checkFrom, checkNamed, checkNames } from "../checks/index.ts";
import { faultKinds } from "../faults/index.ts";
import * as faultline from "../index.ts";
import type { FaultSpec } from "../model/fault.ts";
import { isDuration, type Json } from "../model/units.ts";
import { anyOptions } from "./testing/any-options.ts";

// For every check and every kind of fault that there is.

const unknownKey = fc.stringMatching(/^[a-z][a-zA-Z]{2,11}$/);
const oddOptions = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    "2s",
    2000,
    Number.NaN,
    true,
    3n,
    Symbol("s"),
    () => 1,
    new Date(0),
    new Map(),
    [],
    [{}],
  ),
  fc.constant(Promise.resolve({})),
  fc.anything(),
);
const isPlainWords = (text: string): boolean => !/Invalid input|\[object /.test(text);
const entriesOf = (options: unknown): readonly [string, unknown][] =>
  isDuration(options) ? [] : Object.entries(options as object);

describe.each(checkNames)("%s", (name) => {
  it("takes its options, and none that it does not have", () => {
    fc.assert(
      fc.property(anyOptions[name], unknownKey, (options, key) => {
        expect(checkFrom(name, options).problems).toBeUndefined();
        if (isDuration(options)) return;
        fc.pre(!Object.hasOwn(options as object, key) && !isOptionOf(name, key));
        expect(checkFrom(name, { ...(options as object), [key]: 1 }).problems).toMatchObject([
          { code: "UNKNOWN_OPTION", where: `${name}.${key}`, message: "is unknown" },
        ]);
      }),
      { numRuns: 50 },
    );
  });

  it("takes no bare number for a duration", () => {
    fc.assert(
      fc.property(anyOptions[name], (options) => {
        const refused = (given: unknown, where: string, ms: number): void =>
          expect(checkFrom(name, given).problems).toMatchObject([
            { code: "BAD_CHECK", where, message: `is ${ms}`, remedy: `State its unit, as milliseconds(${ms}).` },
          ]);
        if (isDuration(options)) refused(Number(options), name, Number(options));
        for (const [key, value] of entriesOf(options)) {
          if (!isDuration(value)) continue;
          refused({ ...(options as object), [key]: Number(value) }, `${name}.${key}`, Number(value));
        }
      }),
      { numRuns: 30 },
    );
  });

  it("is the same from what a run stores of it", () => {
    fc.assert(
      fc.property(anyOptions[name], (options) => {
        const { title, law, guards, parameters } = checkFrom(name, options);
        const stored = JSON.parse(JSON.stringify(parameters)) as Json;
        expect(stored).toEqual(parameters);
        expect(checkNamed(name, stored)).toMatchObject({ title, law, guards, parameters });
        expect(checkNamed(name, stored)?.problems).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  it("is never a crash, and says in plain words what is wrong, whatever it is given", () => {
    fc.assert(
      fc.property(oddOptions, (options) => {
        const check = checkFrom(name, options);
        const { problems = [] } = check;
        for (const { where, message, remedy } of problems) {
          expect(where.startsWith(name)).toBe(true);
          expect(isPlainWords(`${message} ${remedy}`), `${message} ${remedy}`).toBe(true);
        }
        if (problems.length > 0) expect(check.judge({} as never).verdict).toBe("inconclusive");
      }),
      { numRuns: 150 },
    );
  });
});

/** Whether the check says of a key that it is unknown. */
function isOptionOf(name: CheckName, key: string): boolean {
  const { problems = [] } = checkFrom(name, { [key]: 1 });
  return !problems.some(({ where, code }) => code === "UNKNOWN_OPTION" && where === `${name}.${key}`);
}

const makes = faultline as unknown as Readonly<Record<string, (target: string, options: unknown) => FaultSpec>>;

test.each(faultKinds)("$kind takes no key that it does not have, and no bare number for a duration", (kind) => {
  const durations = Object.entries(kind.example).filter(([name]) => name.endsWith("Ms"));
  const options = Object.fromEntries(
    Object.entries(kind.example).map(([name, value]) => [
      name.replace(/Ms$/, ""),
      name.endsWith("Ms") ? faultline.milliseconds(Number(value)) : value,
    ]),
  );
  const make = makes[kind.kind]!;
  expect(make("web", options)).toEqual({
    kind: kind.kind,
    target: "web",
    parameters: expect.objectContaining(kind.example),
  });
  const known = kind.options.map((one) => one.name);
  fc.assert(
    fc.property(unknownKey, (key) => {
      fc.pre(!known.includes(key));
      expect(make("web", { ...options, [key]: 1 }).problems).toMatchObject([{ code: "UNKNOWN_OPTION", where: key }]);
    }),
    { numRuns: 30 },
  );
  for (const [name, value] of durations) {
    const option = name.replace(/Ms$/, "");
    const remedy = `State its unit, as milliseconds(${Number(value)}).`;
    expect(make("web", { ...options, [option]: Number(value) }).problems).toMatchObject([{ where: option, remedy }]);
  }
});

test.each(faultKinds)("$kind is stored as it was stated, and read back without a problem", (kind) => {
  const stored = JSON.parse(JSON.stringify(kind.example)) as FaultSpec["parameters"];
  expect(kind.problems(stored)).toEqual([]);
  fc.assert(
    fc.property(oddOptions, (options) => {
      const { problems = [] } = makes[kind.kind]!("web", options);
      for (const { message, remedy } of problems) expect(isPlainWords(`${message} ${remedy}`)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test("options that lead back to themselves are refused, too", () => {
  const circle: Record<string, unknown> = {};
  circle["within"] = circle;
  for (const name of checkNames) expect(checkFrom(name, circle).problems).not.toEqual([]);
  for (const { kind } of faultKinds) expect(makes[kind]!("web", circle).problems).not.toEqual([]);
});
