import { execFile } from "node:child_process";
import { chmod, chown, mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { messageOf, systemError } from "../../model/errors.ts";
import type { LocalTools } from "../../pack/local-driver.ts";
import { superuser } from "../kinds/postgres-control.ts";

const run = promisify(execFile);

/**
 * Copies an empty database cluster into `folder`. `initdb` takes seconds, a copy a tenth of one: the first run on a
 * machine makes the template, every run copies it.
 */
export async function copyTemplate(tools: LocalTools, folder: string): Promise<void> {
  const template = await ensureTemplate(tools);
  await mkdir(dirname(folder), { recursive: true });
  // Whatever our umask: the server may run as another user, who must be able to pass.
  await chmod(dirname(folder), 0o711);
  // Neither fs.cp nor a plain copy keeps the owner, and Postgres insists on owning its folder.
  await run("cp", ["-a", template, folder], { timeout: 30_000 });
}

async function ensureTemplate(tools: LocalTools): Promise<string> {
  const owner = tools.unprivileged?.uid ?? process.getuid?.() ?? 0;
  const template = join(tools.cache, `postgres-template-${tools.versions["postgres"]}-${owner}`);
  if (await exists(join(template, "PG_VERSION"))) return template;
  await mkdir(tools.cache, { recursive: true });
  const workplace = await mkdtemp(join(tools.cache, "initdb-"));
  try {
    await initialise(tools, workplace);
    // Whoever comes second finds the first one's template there; both are the same.
    await rename(join(workplace, "data"), template).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
  } finally {
    await rm(workplace, { recursive: true, force: true });
  }
  return template;
}

async function initialise(tools: LocalTools, workplace: string): Promise<void> {
  const { unprivileged } = tools;
  if (unprivileged !== undefined) await chown(workplace, unprivileged.uid, unprivileged.gid);
  const args = ["-D", join(workplace, "data"), "-U", superuser, "--auth=trust", "--encoding=UTF8", "--no-sync"];
  const locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"];
  try {
    await run(join(tools.postgresFolder, "initdb"), [...args, ...locale], {
      ...unprivileged,
      cwd: workplace,
      timeout: 60_000,
    });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw systemError(
      {
        code: "INITDB_FAILED",
        where: "postgres",
        message: (stderr ?? messageOf(error)).trim(),
        remedy: "Run `faultline doctor`; the database binaries may not fit this machine.",
      },
      { cause: error },
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
