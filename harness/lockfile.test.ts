import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

// Laws of the lock file: `npm ci` refuses one that is not complete, on every machine but the one that wrote it.

interface Locked {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8")) as {
  packages: Record<string, Locked>;
};
const packages = Object.entries(lock.packages);

test("every platform's package is locked, also those that the registry did not have when it was written", () => {
  const missing = packages.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        lock.packages[`node_modules/${name}`] === undefined &&
        lock.packages[`${path}/node_modules/${name}`] === undefined,
    ),
  );
  expect(packages.length).toBeGreaterThan(100);
  expect(missing).toEqual([]);
});

test("the lock names no registry, so that everybody's own is used", () => {
  expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});
