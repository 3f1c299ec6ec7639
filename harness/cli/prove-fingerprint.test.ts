import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { container, redis, service } from "../model/system.ts";
import type { Planned } from "./planned.ts";
import { Fingerprints } from "./prove-fingerprint.ts";
import { temporaryFolder } from "./testing/faultline.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
  write("scenarios/pause.ts", 'import { shop } from "./shop/system.ts";\nimport { seconds } from "faultline";');
  write("scenarios/shop/system.ts", "export const shop = {};");
  write("app/api.ts", 'import { priceOf } from "./prices.js";\nimport { readFile } from "node:fs/promises";');
  write("app/prices.ts", "export const priceOf = () => 1;");
  write(
    "app/migrate.ts",
    `const kinds = await import(\`./steps/\${process.argv[2]}.ts\`); new URL("./schema.sql", import.meta.url);`,
  );
  write("app/steps/one.ts", "export {};");
  write("app/schema.sql", "create table product ();");
  write("README.md", "# shop");
  write("app/unused.ts", "export {};");
});
afterEach(() => folder.remove());

const at = (name: string): string => join(folder.path, name);
function write(name: string, text: string): void {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
}

const paths = { readyPath: "/readyz" };
const shop = {
  cache: redis(),
  api: service({
    ...paths,
    command: ["node", "--enable-source-maps", "app/api.ts"],
    prepare: ["node", "app/migrate.ts"],
  }),
};

/** As a command of its own finds it. */
function found(
  components: object = shop,
  { env = "local", judge = () => 1 }: { env?: string; judge?: () => unknown } = {},
) {
  const fingerprints = new Fingerprints({ env, output: "reports", root: folder.path });
  const planned = {
    id: "pause",
    path: "scenarios/pause.ts",
    plan: { seed: "1", phases: [], schedule: [] },
    scenario: { checks: [{ name: "own", parameters: {}, judge }], system: { name: "shop", entry: "api", components } },
  } as unknown as Planned;
  const text = fingerprints.of({ name: "m", environment: { BUG: "m" } }, planned);
  return { text, unseen: fingerprints.unseen };
}
const withCommand = (...command: readonly string[]) => found({ api: service({ ...paths, command }) });

it("is the same as long as nothing changes, and all that it is made of is seen", () => {
  expect(found()).toEqual({ text: found().text, unseen: [] });
});

describe("sees", () => {
  it.each([
    ["the program that is started", "app/api.ts"],
    ["what that imports, by the name of what it is compiled to", "app/prices.ts"],
    ["the preparation", "app/migrate.ts"],
    ["what is imported by a name that is put together", "app/steps/one.ts"],
    ["a file that a program reads", "app/schema.sql"],
    ["the scenario", "scenarios/pause.ts"],
    ["what scenarios share", "scenarios/shop/system.ts"],
  ])("%s", (_what, name) => {
    const before = found().text;
    write(name, "// other code");
    expect(found().text).not.toBe(before);
  });

  it("a file that is new to what is imported", () => {
    const before = found().text;
    write("app/steps/two.ts", "export {};");
    expect(found().text).not.toBe(before);
  });

  it("the installed packages, by the lock file", () => {
    write("package-lock.json", "1");
    const before = found().text;
    write("package-lock.json", "2");
    expect(found().text).not.toBe(before);
  });

  it("a package of the same workspace, and a package's own imports", () => {
    write("packages/money/index.ts", "export const cents = 100;");
    mkdirSync(at("node_modules/@shop"), { recursive: true });
    symlinkSync(at("packages/money"), at("node_modules/@shop/money"));
    write("package.json", '{ "name": "shop", "imports": { "#own": "./lib/own.js" } }');
    write("lib/own.js", "export {};");
    write("app/api.ts", 'import { cents } from "@shop/money";\nimport "#own";');
    const texts = [found().text];
    write("packages/money/index.ts", "export const cents = 1000;");
    texts.push(found().text);
    write("lib/own.js", "export const other = 1;");
    texts.push(found().text);
    expect(new Set(texts).size).toBe(3);
    expect(found().unseen).toEqual([]);
  });

  it("the definition of the system, the code of a check, the image, and the environment", () => {
    const images = ["shop:1", "shop:2"].map((image) => found({ api: container({ image }) }).text);
    const all = [
      found().text,
      found(shop, { judge: () => 2 }).text,
      found(shop, { env: "containers" }).text,
      ...images,
    ];
    const other = { ...shop, cache: redis({ configuration: { maxmemory: "1mb" } }) };
    expect(new Set([...all, found(other).text]).size).toBe(6);
  });

  it("code in a command itself, and the scripts that npm runs", () => {
    const inline = [withCommand("node", "-e", "one()"), withCommand("node", "-e", "two()")];
    expect(inline[0]!.text).not.toBe(inline[1]!.text);
    expect(inline[0]!.unseen).toEqual([]);
    write("package.json", '{ "scripts": { "start": "NODE_ENV=test node app/api.ts" } }');
    const before = withCommand("npm", "start");
    expect(before.unseen).toEqual([]);
    write("app/prices.ts", "// other code");
    expect(withCommand("npm", "start").text).not.toBe(before.text);
  });

  it("a program of the user's own, and all of a folder that a command names, but for the reports in it", () => {
    write("bin/server", "one");
    const program = withCommand("bin/server");
    write("bin/server", "two");
    expect(withCommand("bin/server").text).not.toBe(program.text);
    expect(program.unseen).toEqual([]);
    const folderOf = (): string => withCommand("go", "run", ".").text;
    const before = folderOf();
    write("reports/prove.json", "other");
    expect(folderOf()).toBe(before);
    write("app/unused.ts", "other");
    expect(folderOf()).not.toBe(before);
  });

  it("in another language the whole folder of the program", () => {
    write("server/main.py", "import prices");
    write("server/prices.py", "price = 1");
    const before = withCommand("python3", "server/main.py");
    write("server/prices.py", "price = 2");
    expect(withCommand("python3", "server/main.py").text).not.toBe(before.text);
    expect(before.unseen).toEqual([]);
  });
});

it("does not see what has nothing to do with it", () => {
  const before = found().text;
  for (const name of ["README.md", "app/unused.ts", "reports/prove.json", "scenarios/other.ts"]) write(name, "other");
  expect(found().text).toBe(before);
});

describe("is never the same twice, and says why, where some of the code cannot be seen:", () => {
  it.each([
    ["a program that names no file", ["my-server"], /no file is named in the command of api: my-server/],
    ["a module of a program", ["python3", "-m", "server"], /no file is named/],
    ["a command of a shell without one", ["sh", "-c", "my-server"], /no file is named/],
  ])("%s", (_what, command, sentence) => {
    const [one, other] = [withCommand(...command), withCommand(...command)];
    expect(one.unseen).toEqual([expect.stringMatching(sentence)]);
    expect(one.text).not.toBe(other.text);
  });

  it("an import that is not found, and a file that is gone", () => {
    write("app/api.ts", 'import { x } from "@/prices";');
    expect(found().unseen).toEqual([expect.stringMatching(/"@\/prices", which .*api\.ts imports, was not found/)]);
    expect(found().text).not.toBe(found().text);
    rmSync(at("scenarios/pause.ts"));
    expect(found().unseen).toContainEqual(expect.stringMatching(/pause\.ts cannot be read/));
  });

  it("a system that runs already", () => {
    const attached = { api: { ...shop.api, attached: { at: "127.0.0.1:80" } } };
    expect(found(attached, { env: "attach" }).unseen).toEqual([expect.stringContaining("api runs already")]);
  });
});
