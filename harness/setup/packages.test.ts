import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SetupFailure } from "./failure.mjs";
import { installPackages, nodeFor } from "./packages.mjs";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "packages-"));
  chmodSync(root, 0o755);
  lockFile({ a: "1.0.0" });
});
afterEach(() => rmSync(root, { recursive: true }));

const entries = (packages: Record<string, string>) => ({
  packages: Object.fromEntries(
    Object.entries(packages).map(([name, version]) => [`node_modules/${name}`, { version }]),
  ),
});

function lockFile(packages: Record<string, string>): void {
  writeFileSync(join(root, "package-lock.json"), JSON.stringify(entries(packages)));
}

function bringNode(target = process.execPath): void {
  mkdirSync(join(root, "node_modules", "node", "bin"), { recursive: true });
  symlinkSync(target, join(root, "node_modules", "node", "bin", "node"));
}

/** A stand-in for npm that writes down how it was called, and does what the shell script says. */
function npm(script: string): string {
  const path = join(root, "npm");
  writeFileSync(path, `#!/bin/sh\necho "$@" >> ${root}/calls\n${script}\n`, { mode: 0o755 });
  return path;
}

const calls = () =>
  existsSync(join(root, "calls")) ? readFileSync(join(root, "calls"), "utf8").trim().split("\n") : [];

async function install(script: string): Promise<unknown> {
  const teller = { say: () => {}, during: <T>(_step: string, body: () => Promise<T>) => body() };
  const options = { npm: npm(script), cache: join(root, "cache") };
  return installPackages(root, teller, new AbortController().signal, options).catch((error: unknown) => error);
}

const bringing = () => `mkdir -p node_modules/node/bin && ln -sf ${process.execPath} node_modules/node/bin/node`;

test("npm ci runs once for a lock file, with the dev and optional packages whatever NODE_ENV says", async () => {
  expect(await install(bringing())).toBeUndefined();
  expect(calls()).toEqual(["ci --include=dev --include=optional --no-audit --no-fund --loglevel=error"]);
  expect(nodeFor(root)).toBe(join(root, "node_modules", "node", "bin", "node"));
  await install(bringing());
  expect(calls()).toHaveLength(1);
  lockFile({ a: "2.0.0" });
  await install(bringing());
  expect(calls()).toHaveLength(2);
});

test("packages that npm has put there without us are kept, unless one is missing or of another version", async () => {
  const list = join(root, "node_modules", ".package-lock.json");
  bringNode();
  writeFileSync(list, JSON.stringify(entries({ a: "1.0.0" })));
  await install(bringing());
  expect(calls()).toEqual([]);
  for (const wrong of [{}, { a: "0.9.0" }, { a: "1.0.0", b: "1.0.0" }] as Record<string, string>[]) {
    rmSync(join(root, "node_modules", ".faultline-lock"), { force: true });
    writeFileSync(list, JSON.stringify(entries(wrong)));
    const before = calls().length;
    await install(bringing());
    expect(calls(), JSON.stringify(wrong)).toHaveLength(before + 1);
  }
});

test("when npm ci fails its own reason is told, not its page of help, and nothing counts as installed", async () => {
  const text =
    "npm error code EUSAGE\nnpm error\nnpm error `npm ci` wants both in sync.\nnpm error\nnpm error Missing: x";
  const script = `printf '%s\\n' '${text}' >&2; seq 1 60 | sed 's/^/npm error   --help /' >&2; exit 1`;
  const error = await install(script);
  expect(error).toBeInstanceOf(SetupFailure);
  const { problems, exit } = error as SetupFailure;
  expect(exit).toBe(3);
  expect(problems[0]?.code).toBe("NPM_CI_FAILED");
  expect(problems[0]?.message).toMatch(/^code EUSAGE \| `npm ci` wants both in sync\. \| Missing: x \|/);
  expect(problems[0]?.remedy).toContain("npm install");
  await install(script);
  expect(calls()).toHaveLength(2);
});

test("a Node that npm has brought and that does not run is told, and is not taken for installed", async () => {
  const script =
    "mkdir -p node_modules/node/bin && printf '#!/bin/sh\\nexit 9\\n' > node_modules/node/bin/node && chmod 755 node_modules/node/bin/node";
  const error = (await install(script)) as SetupFailure;
  expect(error.problems).toMatchObject([{ code: "NO_OWN_NODE", message: expect.stringContaining("exit 9") }]);
  expect(existsSync(join(root, "node_modules", ".faultline-lock"))).toBe(false);
});
