import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AttachedInstance } from "./attach-driver.ts";

/**
 * For whoever cleans up: a password stands in a file that only we can read and that goes away with the run, and not in
 * its journal.
 */
export function passwordFileFor(
  running: AttachedInstance,
  password: string | undefined,
): { readonly passwordFile?: string } {
  if (password === undefined) return {};
  const passwordFile = join(running.scratch, `${running.name}.password`);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  return { passwordFile };
}
