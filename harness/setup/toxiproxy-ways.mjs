import { createHash } from "node:crypto";
import { chmodSync, createWriteStream } from "node:fs";
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { inWorkplace } from "./cache-folder.mjs";
import { execute } from "./execute.mjs";
import { isAtLeast, onPath, versionOf } from "./programs.mjs";

/** The version that Faultline was measured with; its quirks are part of the design. */
export const toxiproxyVersion = "2.12.0";

/** SHA-256 of the release's archives, by platform. */
const releaseHashes = /** @type {Readonly<Record<string, string>>} */ ({
  darwin_amd64: "52ac1f99d7204b4b523f910b791bc86318b50ef94822c79a6157606704003ced",
  darwin_arm64: "cece3905c06ad84d6b3bb4cd024c344e6466736b2a8cbaf9ef4fe45e62aba9b2",
  linux_amd64: "65e042d3fc2290c099527bc506446a6fd863a09f113b8944b636ece70221c2b3",
  linux_arm64: "ab417dafc77ae8b54ec8461cc5da5180d0465a61dcbda86c72da72ee4ab843b7",
});

/** Where our own lies. @param {string} cache */
export const toxiproxyInCache = (cache) => join(cache, `toxiproxy-server-${toxiproxyVersion}`);

/** @param {string} cache @returns {readonly import("./ways.mjs").Way[]} */
export function toxiproxyWays(cache) {
  const platform = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
  return [
    {
      name: `go install of version ${toxiproxyVersion} (a minute or two)`,
      applies: () => (onPath("go") === undefined ? "go is not here" : undefined),
      run: (signal) => goInstall(cache, signal),
    },
    {
      name: `download of the release ${toxiproxyVersion}`,
      applies: () => (releaseHashes[platform] === undefined ? `there is none for ${platform}` : undefined),
      run: (signal) =>
        download(cache, {
          url: `https://github.com/Shopify/toxiproxy/releases/download/v${toxiproxyVersion}/toxiproxy_${toxiproxyVersion}_${platform}.tar.gz`,
          sha256: releaseHashes[platform] ?? "",
          deadlineMs: 120_000,
          signal,
        }),
    },
  ];
}

/**
 * The program is named after its folder, `server`, and is told its version by the linker. Without cgo it is built in two
 * thirds of the time, and needs no C compiler. Settings for other work (cross-compiling, vendoring) would break it.
 * @param {string} cache
 * @param {AbortSignal} signal
 */
async function goInstall(cache, signal) {
  const version = await versionOf("go", ["version"]);
  if (version === undefined || !isAtLeast(version, "1.23")) throw new Error(`go is ${version}, 1.23 is needed`);
  await atomically(cache, async (folder) => {
    const flags = `-X github.com/Shopify/toxiproxy/v2.Version=${toxiproxyVersion}`;
    const module = `github.com/Shopify/toxiproxy/v2/cmd/server@v${toxiproxyVersion}`;
    await execute("go", ["install", "-ldflags", flags, module], {
      deadlineMs: 400_000,
      signal,
      environment: { GOBIN: folder, GOTMPDIR: folder, GOFLAGS: "", GOOS: "", GOARCH: "", CGO_ENABLED: "0" },
      // Outside of any module or workspace, whose settings would count.
      cwd: folder,
    });
    return join(folder, "server");
  });
}

/**
 * Downloads the release's archive, and takes it only when it is the one that we know.
 * @param {string} cache
 * @param {{ url: string, sha256: string, deadlineMs: number, signal?: AbortSignal }} release
 */
export async function download(cache, { url, sha256, deadlineMs, signal }) {
  await atomically(cache, async (folder) => {
    const archive = join(folder, "release.tar.gz");
    await fetchFile(url, archive, deadlineMs, signal);
    const found = createHash("sha256")
      .update(await readFile(archive))
      .digest("hex");
    if (found !== sha256) throw new Error(`${url} has the SHA-256 ${found}, not the known ${sha256}: not used`);
    const options = { deadlineMs: 30_000, ...(signal === undefined ? {} : { signal }) };
    await execute("tar", ["-xzf", archive, "-C", folder, "toxiproxy-server"], options);
    return join(folder, "toxiproxy-server");
  });
}

/** @param {string} url @param {string} path @param {number} deadlineMs @param {AbortSignal} [signal] */
async function fetchFile(url, path, deadlineMs, signal) {
  const deadline = AbortSignal.timeout(deadlineMs);
  const either = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
  try {
    const reply = await fetch(url, { signal: either });
    if (!reply.ok || reply.body === null) throw new Error(`the server answered ${reply.status}`);
    await pipeline(Readable.fromWeb(/** @type {any} */ (reply.body)), createWriteStream(path), { signal: either });
  } catch (error) {
    if (deadline.aborted) throw new Error(`${url} took longer than ${deadlineMs / 1000} s`);
    throw new Error(`no download of ${url}`, { cause: error });
  }
}

/**
 * Makes the program in a folder beside its place, then moves it there: whole or not at all.
 * @param {string} cache
 * @param {(folder: string) => Promise<string>} make returns the program's path
 */
async function atomically(cache, make) {
  await inWorkplace(cache, "toxiproxy-server", async (folder) => {
    const program = await make(folder);
    chmodSync(program, 0o755);
    await rename(program, toxiproxyInCache(cache));
  });
}
