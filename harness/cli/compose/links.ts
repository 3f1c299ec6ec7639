import { type Piece, type Text, textOf } from "./interpolate.ts";
import type { ComposeService } from "./service.ts";

/** A place in a variable's value that names another service. */
export interface Reference {
  readonly variable: string;
  readonly to: ComposeService;
  readonly from: number;
  readonly until: number;
  /** The port that stands there; undefined where it goes without saying, or stands in a variable of its own. */
  readonly port?: number;
  /** Only the host: the port is told elsewhere. */
  readonly isHostAlone: boolean;
}

/** Variables whose value may be a host and nothing else; what is called like a service elsewhere need not be one. */
const namesHost = /(?:HOST(?:NAME)?|SERVER|ADDR(?:ESS)?|ENDPOINT|BROKER|UR[IL])S?$/i;

/** Everything in a service's variables that names another one. */
export function referencesOf(service: ComposeService, all: readonly ComposeService[]): readonly Reference[] {
  const others = all.filter(({ name }) => name !== service.name);
  return [...service.environment].flatMap(([variable, { text }]) => {
    const value = textOf(text);
    const found = others.flatMap((to) => to.hosts.flatMap((host) => referencesIn(value, variable, to, host)));
    return found.map((one) => (one.isHostAlone ? { ...one, ...portBeside(service, variable) } : one));
  });
}

function portBeside({ environment }: ComposeService, variable: string): Pick<Reference, "port"> {
  const name = portVariableOf(variable);
  const port = Number(name === undefined ? "" : textOf(environment.get(name)?.text ?? []));
  return Number.isInteger(port) && port > 0 ? { port } : {};
}

function referencesIn(value: string, variable: string, to: ComposeService, host: string): readonly Reference[] {
  if (value === host) {
    if (!namesHost.test(variable)) return [];
    return [{ variable, to, from: 0, until: value.length, isHostAlone: true }];
  }
  const name = host.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  // A number with an @ behind it is the password of a user who is called like the service.
  const withPort = new RegExp(String.raw`(?<![\w.-])${name}:(\d{1,5})(?![\w@])`, "g");
  const inUrl = new RegExp(String.raw`(?<=:\/\/(?:[^\s/@]*@)?)${name}(?=[/?#,]|$)`, "g");
  const found = [...value.matchAll(withPort), ...value.matchAll(inUrl)];
  return found.map(({ 0: whole, 1: port, index }) => ({
    variable,
    to,
    from: index,
    until: index + whole.length,
    ...(port === undefined ? {} : { port: Number(port) }),
    isHostAlone: false,
  }));
}

/** The variable that has the port which goes with one that has the host: `DB_HOST` → `DB_PORT`. */
export function portVariableOf(variable: string): string | undefined {
  const name = variable.replace(/host(?:name)?$/i, (host) => (host === host.toLowerCase() ? "port" : "PORT"));
  return name === variable ? undefined : name;
}

/**
 * A text with something else in one place. What comes from a variable is replaced when it is asked for, so that no value
 * is copied.
 */
export function withPlace(text: Text, { from, until }: Pick<Reference, "from" | "until">, place: string): Text {
  const result: Piece[] = [];
  let at = 0;
  let isPlaced = false;
  for (const piece of text) {
    const [start, end] = [Math.max(0, from - at), Math.min(piece.text.length, until - at)];
    at += piece.text.length;
    if (start >= end) {
      result.push(piece);
      continue;
    }
    const [before, named, after] = [piece.text.slice(0, start), piece.text.slice(start, end), piece.text.slice(end)];
    const put = isPlaced ? "" : place;
    isPlaced = true;
    if (piece.code === undefined || (before === "" && after === "")) result.push({ text: before + put + after });
    else {
      const code = `${piece.code}.replace(${JSON.stringify(named)}, ${JSON.stringify(put)})`;
      result.push({ text: before + put + after, code });
    }
  }
  return result;
}
