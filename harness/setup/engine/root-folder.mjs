import { chmodSync, cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { asRoot } from "../apt.mjs";
import { execute } from "../execute.mjs";

/** What the images consist of; nothing in them that nobody asks for. */
export const debianPackages =
  "base-files base-passwd bash dash coreutils sed grep findutils mawk procps util-linux libstdc++6 tzdata netbase redis-server zlib1g".split(
    " ",
  );

/** What those depend on and programs here do not need: what installs packages, and what other languages need. */
const leftOut =
  /^(perl|libperl|lib[a-z-]*-perl_|adduser|debconf|dpkg_|init-system-helpers|lsb-base|sysvinit-utils|usrmerge|ucf|passwd)/;

/** Servers run as themselves, as in the official images. */
const users = { postgres: 999, redis: 998, opensearch: 997 };

/**
 * What is brought from elsewhere, as its paths on this machine.
 * @typedef {{ postgres: string, node: string, toxiproxy: string }} Brought
 */

/**
 * Makes the root file system of the images: packages of Debian, unpacked and never configured, with our programs.
 * @param {string} workplace an empty folder
 * @param {Brought} brought
 * @param {AbortSignal} signal
 * @returns {Promise<string>} its folder
 */
export async function makeRootFolder(workplace, brought, signal) {
  const root = join(workplace, "root");
  const archives = join(workplace, "archives");
  mkdirSync(join(archives, "partial"), { recursive: true });
  for (const folder of ["tmp", "run", "proc", "sys", "dev", "app", "data", "usr/local/bin", "var/lib/postgresql"]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  chmodSync(join(root, "tmp"), 0o1777);
  for (const folder of ["bin", "sbin", "lib", "lib64"]) {
    mkdirSync(join(root, "usr", folder), { recursive: true });
    symlinkSync(join("usr", folder), join(root, folder));
  }
  await download(workplace, archives, signal);
  const files = readdirSync(archives).filter((name) => name.endsWith(".deb") && !leftOut.test(name));
  for (const file of files) await unpack(join(archives, file), root, signal);
  await rm(archives, { recursive: true });
  settle(root);
  await addPrograms(root, brought);
  await execute("ldconfig", ["-r", root], { deadlineMs: 60_000, signal });
  return root;
}

/** Nothing of this machine's packages counts as there. @param {string} workplace @param {string} archives @param {AbortSignal} signal */
async function download(workplace, archives, signal) {
  const status = join(workplace, "status");
  writeFileSync(status, "");
  const options = [`Dir::State::status=${status}`, `Dir::Cache::archives=${archives}`, "APT::Sandbox::User=root"];
  const command = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "--download-only"];
  const install = [...command, ...options.flatMap((option) => ["-o", option]), ...debianPackages];
  await asRoot(install, signal).catch(async () => {
    signal.throwIfAborted();
    await asRoot(["apt-get", "-qq", "update"], signal);
    await asRoot(install, signal);
  });
}

/** @param {string} file @param {string} root @param {AbortSignal} signal */
async function unpack(file, root, signal) {
  const unwanted = ["./usr/share/doc", "./usr/share/man", "./usr/share/locale", "./usr/share/info", "./usr/share/i18n"];
  const tar = ["tar", "-x", "--keep-directory-symlink", ...unwanted.map((path) => `--exclude=${path}`)];
  const pipe = `dpkg-deb --fsys-tarfile "$0" | ${tar.join(" ")} -C "$1"`;
  await execute("bash", ["-o", "pipefail", "-c", pipe, file, root], { deadlineMs: 120_000, signal });
}

/** What the packages' own scripts would have done, of that which programs need. @param {string} root */
function settle(root) {
  for (const name of ["passwd", "group"])
    cpSync(join(root, "usr/share/base-passwd", `${name}.master`), join(root, "etc", name));
  for (const [name, id] of Object.entries(users)) {
    writeFileSync(join(root, "etc/group"), `${name}:x:${id}:\n`, { flag: "a" });
    writeFileSync(join(root, "etc/passwd"), `${name}:x:${id}:${id}::/nonexistent:/usr/sbin/nologin\n`, { flag: "a" });
  }
  symlinkSync("mawk", join(root, "usr/bin/awk"));
}

/** @param {string} root @param {Brought} brought */
async function addPrograms(root, { postgres, node, toxiproxy }) {
  const programs = join(root, "usr/local/bin");
  cpSync(postgres, join(root, "usr/local/lib/postgresql"), { recursive: true, verbatimSymlinks: true });
  for (const name of ["postgres", "initdb"]) symlinkSync(`../lib/postgresql/bin/${name}`, join(programs, name));
  await copyFile(node, join(programs, "node"));
  await copyFile(toxiproxy, join(root, "toxiproxy"));
  await copyFile(
    fileURLToPath(new URL("./postgres-entrypoint.sh", import.meta.url)),
    join(programs, "docker-entrypoint.sh"),
  );
  for (const path of ["node", "docker-entrypoint.sh"]) chmodSync(join(programs, path), 0o755);
  chmodSync(join(root, "toxiproxy"), 0o755);
}
