import { existsSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where distributions put it; Debian has a folder for each architecture. */
const folders = ["/usr/lib", "/usr/lib64", "/usr/local/lib"];
const file = "faketime/libfaketime.so.1";

/** @returns the path of libfaketime; undefined when it is not installed */
export function findFaketime(): string | undefined {
  if (process.platform !== "linux") return undefined;
  const candidates = folders.flatMap((folder) => {
    if (!existsSync(folder)) return [];
    const below = readdirSync(folder).filter((name) => name.includes("-linux-gnu"));
    return [join(folder, file), ...below.map((name) => join(folder, name, file))];
  });
  return candidates.find((path) => existsSync(path));
}

/** What a process must be started with so that its clock can be changed later. @param offsets the file that says by how much */
export function faketimeVariables(library: string, offsets: string): Readonly<Record<string, string>> {
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: offsets,
    // Read again with each call, or a change would come when it wants to.
    FAKETIME_NO_CACHE: "1",
    // Timers and measured durations go on as they do when somebody sets a clock.
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
}

/** @param byMs forwards; negative is backwards */
export function writeOffset(offsets: string, byMs: number): void {
  const seconds = byMs / 1000;
  writeFileSync(`${offsets}.new`, `${seconds < 0 ? "" : "+"}${seconds}\n`);
  renameSync(`${offsets}.new`, offsets);
}
