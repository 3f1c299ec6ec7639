import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

// CONTRIBUTING.md names rooms, files and scripts: this finds out when it is old.

const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
const rooms = [...page.matchAll(/^\| `([\w/-]+)\/` \|/gm)].map(([, room = ""]) => room);

test("its map has every room of the harness, and no other", () => {
  const folders = readdirSync(join(root, "harness"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const named = rooms.filter((room) => room.startsWith("harness/"));
  expect(named.toSorted()).toEqual(folders.map(({ name }) => `harness/${name}`).toSorted());
});

test("every file and folder that it names is there", () => {
  const linked = [...page.matchAll(/\]\(([\w./-]+)/g)].map(([, path = ""]) => path);
  const quoted = [...page.matchAll(/`((?:\.ci|harness|target-app|scenarios|examples|docs)\/[\w./-]*)`/g)];
  const paths = [...linked, ...quoted.map(([, path = ""]) => path)];
  expect(paths.length).toBeGreaterThan(40);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  const tests = [...page.matchAll(/--project unit (harness\/[\w/-]+)/g)].map(([, path = ""]) => path);
  expect(tests.filter((path) => globSync(`${path}{/*,}.test.ts`, { cwd: root }).length === 0)).toEqual([]);
});

test("every script that it names is there", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const named = [...page.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = ""]) => name);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});
