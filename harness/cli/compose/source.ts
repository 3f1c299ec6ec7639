import { readFileSync } from "node:fs";
import { isMap, isNode, LineCounter, parseDocument, visit } from "yaml";
import { messageOf, type Problem } from "../../model/errors.ts";

export type Path = readonly (string | number)[];

/** A compose file as it was read: its values, and where each of them stands. */
export interface Source {
  readonly file: string;
  readonly values: unknown;
  /** `compose.yaml:12`, of a value or the nearest one around it. */
  where(path: Path): string;
}

const remedy = "Correct the file; `docker compose config` reads it in the same way.";

/** @returns undefined when it can't be read; `problems` says why then */
export function readSource(file: string, problems: Problem[]): Source | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message = code === "ENOENT" ? "there is no such file" : `can't be read: ${messageOf(error)}`;
    problems.push({ code: "COMPOSE_NOT_READ", where: file, message, remedy: "Name the compose file, with --from." });
    return undefined;
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, merge: true, prettyErrors: false });
  const wrong = [
    ...document.errors.map(({ pos, message }) => ({ at: pos[0], message })),
    ...unknownAliases(document).map(({ at, name }) => ({ at, message: `there is no anchor &${name} before it` })),
  ];
  for (const { at, message } of wrong) {
    const { line, col } = lineCounter.linePos(at);
    problems.push({ code: "BAD_YAML", where: `${file}:${line}:${col}`, message, remedy });
  }
  if (wrong.length > 0) return undefined;
  const where = (path: Path): string => {
    for (let length = path.length; length > 0; length -= 1) {
      const at = lineOf(document, path.slice(0, length));
      if (at !== undefined) return `${file}:${lineCounter.linePos(at).line}`;
    }
    return file;
  };
  try {
    // Many services that share much are no attack; what unfolds without an end is stopped all the same.
    return { file, values: document.toJS({ maxAliasCount: 100_000 }) as unknown, where };
  } catch (error) {
    problems.push({ code: "BAD_YAML", where: file, message: messageOf(error), remedy });
    return undefined;
  }
}

function unknownAliases(document: ReturnType<typeof parseDocument>): readonly { at: number; name: string }[] {
  const unknown: { at: number; name: string }[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) === undefined) unknown.push({ at: alias.range?.[0] ?? 0, name: alias.source });
    },
  });
  return unknown;
}

/** Of a pair the place of its key: its value may begin a line later. */
function lineOf(document: ReturnType<typeof parseDocument>, path: Path): number | undefined {
  try {
    const parent = document.getIn(path.slice(0, -1), true);
    const key = path.at(-1);
    if (isMap(parent)) {
      const pair = parent.items.find((one) => String(one.key) === String(key));
      return isNode(pair?.key) ? pair.key.range?.[0] : undefined;
    }
    const node = document.getIn(path, true);
    return isNode(node) ? node.range?.[0] : undefined;
  } catch {
    return undefined;
  }
}
