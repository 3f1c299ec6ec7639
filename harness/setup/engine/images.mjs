import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder, inWorkplace } from "../cache-folder.mjs";
import { execute } from "../execute.mjs";
import { locateComponents } from "../locate.mjs";
import { withLock } from "../lock.mjs";
import { nodeFor } from "../packages.mjs";
import { versionOf } from "../programs.mjs";
import { installJava, openSearchContext, openSearchKey, openSearchRecipe } from "./opensearch.mjs";
import { debianPackages, makeRootFolder } from "./root-folder.mjs";

const base = "faultline/base";

/** What each image adds to the one file system that all share: how it starts, and as whom. */
const recipes = {
  opensearch: openSearchRecipe,
  postgres: [
    "ENV PGDATA=/var/lib/postgresql/data",
    "RUN mkdir -p /var/lib/postgresql && chown -R postgres:postgres /var/lib/postgresql",
    "USER postgres",
    // An empty cluster for Faultline's superuser: to copy it takes a tenth of the time that `initdb` takes.
    "RUN POSTGRES_USER=faultline POSTGRES_HOST_AUTH_METHOD=trust PGDATA=/var/lib/postgresql/template docker-entrypoint.sh initialise",
    'ENTRYPOINT ["docker-entrypoint.sh"]',
    'CMD ["postgres"]',
  ],
  redis: ["RUN chown redis:redis /data", "USER redis", "WORKDIR /data", 'CMD ["redis-server"]'],
  service: ["WORKDIR /app", 'CMD ["node"]'],
  toxiproxy: ['ENTRYPOINT ["/toxiproxy"]', 'CMD ["-host=0.0.0.0"]'],
};

/** What is built with more than a recipe: what fills the folder that it copies from. */
const contexts = { opensearch: openSearchContext };

/** Role → name, as Faultline's configuration takes them. */
export const ownImages = Object.fromEntries(Object.keys(recipes).map((role) => [role, `faultline/${role}:own`]));

/**
 * Sees to it that an engine has our images: from the cache, or made anew where there is no registry to ask.
 * @param {string} host of the engine
 * @param {{ root: string } & import("../progress.mjs").Teller & { signal: AbortSignal }} company
 */
export async function bringImages(host, { root, say, during, signal }) {
  const cache = cacheFolder();
  const brought = await whatIsBrought(root);
  const file = join(cache, `images-${await keyOf(brought)}.tar.zst`);
  const shell = shellFor(host, signal);
  if (!existsSync(file)) {
    await withLock({ folder: cache, name: "images", title: "images", say, signal }, async () => {
      if (existsSync(file)) return;
      say("images: made from Debian's packages (about a minute)");
      await during("images", () => makeImages(shell, { cache, brought, file }, signal));
    });
  }
  const names = Object.values(ownImages);
  const isThere = await shell('docker image inspect "$@" >/dev/null', names).then(
    () => true,
    () => false,
  );
  // Half a gigabyte that is written down later holds up whoever waits for the disk then, as databases do.
  if (!isThere) await shell('zstd -dcq "$1" | docker load -q && sync', [file]);
}

/**
 * Runs a line of shell in which `docker` means one engine.
 * @param {string} host
 * @param {AbortSignal} signal
 * @returns {(line: string, args: readonly string[]) => Promise<string>}
 */
function shellFor(host, signal) {
  // The builder that comes with the engine: the other one is a program of its own, which may not be there.
  const environment = { DOCKER_HOST: host, DOCKER_BUILDKIT: "0" };
  return (line, args) =>
    execute("bash", ["-o", "pipefail", "-c", line, "bash", ...args], { deadlineMs: 300_000, signal, environment });
}

/** @param {string} root @returns {Promise<import("./root-folder.mjs").Brought>} */
async function whatIsBrought(root) {
  const { postgresFolder, toxiproxyServer } = await locateComponents();
  return { postgres: join(postgresFolder, ".."), toxiproxy: toxiproxyServer, node: nodeFor(root) ?? process.execPath };
}

/** Another recipe, another version: another file. @param {import("./root-folder.mjs").Brought} brought */
async function keyOf({ postgres, node, toxiproxy }) {
  const hash = createHash("sha256");
  for (const file of [
    "images.mjs",
    "opensearch.mjs",
    "opensearch/entrypoint.sh",
    "root-folder.mjs",
    "postgres-entrypoint.sh",
  ]) {
    hash.update(readFileSync(fileURLToPath(new URL(file, import.meta.url))));
  }
  const versions = [
    await versionOf(join(postgres, "bin/postgres")),
    await versionOf(node),
    await versionOf(toxiproxy),
    process.arch,
    openSearchKey(),
  ];
  return hash
    .update(JSON.stringify([versions, debianPackages]))
    .digest("hex")
    .slice(0, 12);
}

/**
 * @param {ReturnType<typeof shellFor>} shell
 * @param {{ cache: string, brought: import("./root-folder.mjs").Brought, file: string }} made
 * @param {AbortSignal} signal
 */
async function makeImages(shell, { cache, brought, file }, signal) {
  await installJava(signal);
  await inWorkplace(cache, "images", async (folder) => {
    const root = await makeRootFolder(folder, brought, signal);
    await shell('tar -C "$1" -c --sort=name --numeric-owner . | docker import - "$2"', [root, base]);
    for (const [role, lines] of Object.entries(recipes)) {
      const context = join(folder, role);
      mkdirSync(context);
      await contexts[/** @type {keyof typeof contexts} */ (role)]?.(context, signal);
      writeFileSync(join(context, "Dockerfile"), [`FROM ${base}`, ...lines, ""].join("\n"));
      await shell('docker build -q -t "$1" "$2"', [ownImages[role] ?? "", context]);
    }
    const unfinished = join(folder, "images.tar.zst");
    await shell('file=$1; shift; docker save "$@" | zstd -q -3 -T2 -o "$file"', [
      unfinished,
      ...Object.values(ownImages),
    ]);
    // What was made of older recipes nobody loads any more.
    for (const name of readdirSync(cache)) if (/^images-.*\.tar\.zst$/.test(name)) await rm(join(cache, name));
    await rename(unfinished, file);
  });
}
