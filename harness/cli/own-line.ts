import { relative } from "node:path";
import { fileURLToPath } from "node:url";

const ownFolder = fileURLToPath(new URL("../", import.meta.url));

/** The line of the user's that an error points to, as `At scenarios/x.ts:12:7`; undefined when it points to none. */
export function ownLine(error: unknown): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const place = /(?:file:\/\/)?(\/[^\s()]+\.m?[jt]s):(\d+)(?::(\d+))?/g;
  for (const [, path = "", line, column] of stack.matchAll(place)) {
    if (path.includes("/node_modules/") || path.startsWith(ownFolder)) continue;
    return `At ${relative(process.cwd(), path)}:${line}${column === undefined ? "" : `:${column}`}`;
  }
  return undefined;
}
