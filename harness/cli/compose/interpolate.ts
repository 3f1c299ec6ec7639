/** A piece of a text: as it stands, or what a variable is now, with the code that asks for it again. */
export interface Piece {
  readonly text: string;
  /** TypeScript; absent for what stands in the file itself. */
  readonly code?: string;
}
export type Text = readonly Piece[];

/** What a compose file may ask for: the shell's variables and those of `.env`. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What was found while a text was read. */
export interface Told {
  /** It can't be read, and why. */
  problem(message: string): void;
  /** A variable that is not set, and for which compose takes nothing. */
  unset(name: string): void;
}

export const textOf = (text: Text): string => text.map((piece) => piece.text).join("");
export const literal = (text: string): Text => [{ text }];

const name = /^[A-Za-z_]\w*/;

/** Reads `$NAME`, `${NAME}`, `${NAME:-default}` and its relatives, and `$$`, as compose does. */
export function interpolate(source: string, variables: Variables, told: Told): Text {
  const pieces: Piece[] = [];
  const add = (piece: Piece): void => {
    const last = pieces.at(-1);
    if (piece.code === undefined && last !== undefined && last.code === undefined) {
      pieces[pieces.length - 1] = { text: last.text + piece.text };
    } else if (piece.text !== "" || piece.code !== undefined) pieces.push(piece);
  };
  for (let at = 0; at < source.length; ) {
    const dollar = source.indexOf("$", at);
    add({ text: source.slice(at, dollar === -1 ? source.length : dollar) });
    if (dollar === -1) break;
    const rest = source.slice(dollar + 1);
    if (rest.startsWith("$")) {
      add({ text: "$" });
      at = dollar + 2;
    } else if (rest.startsWith("{")) {
      const end = closing(rest);
      if (end === undefined) {
        told.problem(`"${source}" has a \${ without its }`);
        return literal(source);
      }
      add(braced(rest.slice(1, end), variables, told));
      at = dollar + 1 + end + 1;
    } else {
      const [found] = name.exec(rest) ?? [];
      if (found === undefined) told.problem(`"${source}" has a $ that is no variable; $$ stands for one $`);
      else add(plain(found, variables, told));
      at = dollar + 1 + (found ?? "").length;
    }
  }
  return pieces.length === 0 ? literal("") : pieces;
}

/** The place of the brace that ends the one at 0; others may lie inside. */
function closing(text: string): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "{") depth += 1;
    if (text[at] === "}") depth -= 1;
    if (depth === 0) return at;
  }
  return undefined;
}

function plain(found: string, variables: Variables, told: Told): Piece {
  const value = variables[found];
  if (value === undefined) told.unset(found);
  return { text: value ?? "", code: `variable(${JSON.stringify(found)})` };
}

function braced(inside: string, variables: Variables, told: Told): Piece {
  const [found] = name.exec(inside) ?? [];
  const [, operator = "", given = ""] = /^(:?[-?+])?([\s\S]*)$/.exec(inside.slice(found?.length ?? 0)) ?? [];
  if (found === undefined || (operator === "" && given !== "")) {
    told.problem(`"\${${inside}}" is no variable`);
    return { text: "" };
  }
  if (operator === "") return plain(found, variables, told);
  const value = variables[found];
  const isThere = value !== undefined && (value !== "" || !operator.startsWith(":"));
  const otherwise = (): string => textOf(interpolate(given, variables, told));
  if (operator.endsWith("+")) return { text: isThere ? otherwise() : "" };
  if (operator.endsWith("?")) {
    if (!isThere) told.problem(`${found} must be set: ${given === "" ? "the file says so" : given}`);
    return { text: value ?? "", code: `variable(${JSON.stringify(found)})` };
  }
  const fallback = otherwise();
  const [asked, otherwiseText] = [JSON.stringify(found), JSON.stringify(fallback)];
  // Without the colon, one that is set to nothing stays so.
  if (operator === "-") return { text: isThere ? value : fallback, code: `(told[${asked}] ?? ${otherwiseText})` };
  const code = `variable(${asked}${fallback === "" ? "" : `, ${otherwiseText}`})`;
  return { text: isThere ? value : fallback, code };
}
