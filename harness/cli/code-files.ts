import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { basename, dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The files that some code is made of, as far as its own text names them. */
export interface CodeFiles {
  /** Path → SHA-256 of its content. */
  readonly files: ReadonlyMap<string, string>;
  /** What could not be followed or read, one sentence each: a change behind it would not be seen. */
  readonly unseen: readonly string[];
}

/** Languages whose imports are followed. */
const followed = new Set([".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx"]);
/** Languages whose imports are not: all files of the folder in which such a file lies belong to it. */
const byFolder = new Set([".py", ".rb", ".php", ".pl", ".lua", ".go", ".rs", ".exs", ".ex", ".java", ".kt", ".cs"]);
/** An extension that may be left out of an import, or stand for that of the source. */
const left = ["", ".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx", ".json"];
const indexes = left.slice(1).map((extension) => `index${extension}`);

/**
 * Any text that begins with `./` or `../`: an import, an `import()`, a `require`, a `new URL(…)`, a program that is
 * started, a file that is read. One that names no file is none; one too many does no harm.
 */
const relativeText = /(["'`])(\.{1,2}\/(?:(?!\1)[^\\\n])*)\1/g;
const bareImport =
  /(?:^|;)[ \t]*(?:import|export)\b[^"'`;]*?\bfrom\s*["']([^"'.][^"']*)["']|(?:^|;)[ \t]*import\s*["']([^"'.][^"']*)["']|\b(?:import|require)\(\s*["']([^"'.][^"']*)["']\s*\)/gm;

/** Folders hold so many files at most; more are no source. */
const filesAtMost = 5000;

/** Collects files, with those that they name. Reads each once. */
export class CodeCollector {
  readonly #files = new Map<string, string>();
  readonly #unseen = new Set<string>();
  readonly #root: string;
  readonly #except: readonly string[];

  /**
   * @param root the folder in which programs are started
   * @param except folders that hold no code, as that of the reports
   */
  constructor(root: string, except: readonly string[] = []) {
    this.#root = root;
    this.#except = except.map((folder) => resolve(root, folder));
  }

  get code(): CodeFiles {
    const files = new Map([...this.#files].toSorted(([one], [other]) => (one < other ? -1 : 1)));
    return { files, unseen: [...this.#unseen].toSorted() };
  }

  /** A file with all that it names, or a folder with all that is in it. */
  add(path: string): void {
    const waiting = [path];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (this.#files.has(next)) continue;
      waiting.push(...(isFolder(next) ? this.#within(next) : this.#read(next)));
    }
  }

  /** Something that cannot be followed. */
  miss(sentence: string): void {
    this.#unseen.add(sentence);
  }

  /** @returns the files that it names */
  #read(path: string): readonly string[] {
    let content: Buffer;
    try {
      content = readFileSync(path);
    } catch {
      this.miss(`${path} cannot be read`);
      return [];
    }
    this.#files.set(path, createHash("sha256").update(content).digest("hex"));
    if (byFolder.has(extname(path))) return this.#within(dirname(path));
    if (!followed.has(extname(path))) return [];
    const text = content.toString("utf8");
    const named = Array.from(text.matchAll(relativeText), ([, , name]) => name!);
    return [...named.flatMap((name) => this.#named(name, path)), ...this.#packagesOf(text, path)];
  }

  /** What a relative text in a file names: relative to that file, or to the folder in which the program is started. */
  #named(text: string, file: string): readonly string[] {
    const [fixed = "", computed] = text.split(/\$\{(.*)/s);
    const isWhole = computed === undefined;
    return [dirname(file), this.#root].flatMap((from) => {
      // Of a text that is put together when the program runs, any file of its folder may be meant.
      if (!isWhole) return properFolder(resolve(from, fixed.slice(0, fixed.lastIndexOf("/") + 1)), from);
      const path = resolve(from, fixed.replace(/[?#].*$/, ""));
      return existing(path) ?? properFolder(path, from);
    });
  }

  /** Packages of the project itself, as those of a workspace, belong to its code; others are what its lock file says. */
  #packagesOf(text: string, file: string): readonly string[] {
    const names = Array.from(text.matchAll(bareImport), ([, from, bare, called]) => from ?? bare ?? called ?? "");
    return [...new Set(names)].flatMap((name) => {
      const found = packageFiles(name, file);
      if (found === "installed") return [];
      if (found !== undefined) return isFolder(found) ? this.#within(found) : [found];
      this.miss(`"${name}", which ${file} imports, was not found`);
      return [];
    });
  }

  /** All files of a folder that may be code, those of its own folders included. */
  #within(folder: string): readonly string[] {
    const found: string[] = [];
    const waiting = [folder];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for (const entry of this.#entries(next)) {
        const path = join(next, entry.name);
        if (entry.name.startsWith(".") || entry.name === "node_modules" || this.#except.includes(path)) continue;
        if (entry.isDirectory()) waiting.push(path);
        else if (entry.isFile()) found.push(path);
      }
      if (found.length <= filesAtMost) continue;
      this.miss(`${folder} holds more than ${filesAtMost} files`);
      return [];
    }
    return found;
  }

  #entries(folder: string) {
    try {
      return readdirSync(folder, { withFileTypes: true });
    } catch {
      this.miss(`${folder} cannot be read`);
      return [];
    }
  }
}

/** The file that an import means: it may leave out the extension, or name that of what the source is compiled to. */
function existing(path: string): readonly string[] | undefined {
  const source = path.replace(/\.([mc]?)js(x?)$/, ".$1ts$2");
  const candidates = [
    ...left.map((extension) => `${path}${extension}`),
    source,
    ...indexes.map((name) => join(path, name)),
  ];
  const found = candidates.find((one) => existsSync(one) && !isFolder(one));
  return found === undefined ? undefined : [found];
}

/** A folder that a program reads, as `./migrations`; one that its own file lies in, as `../`, says nothing. */
function properFolder(path: string, from: string): readonly string[] {
  return isFolder(path) && !`${from}/`.startsWith(`${path}/`) ? [path] : [];
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/**
 * What an import means that is not relative: a file, or the folder of a package of the project itself.
 * @returns `installed` for what is not the user's code, undefined when it was not found
 */
function packageFiles(specifier: string, file: string): string | undefined {
  if (isBuiltin(specifier) || /^(?:node|data|https?):|^faultline(?:\/|$)/.test(specifier)) return "installed";
  if (specifier.startsWith("file:")) return existing(fileURLToPath(specifier))?.[0];
  if (specifier.startsWith("/")) return existing(specifier)?.[0];
  if (specifier.startsWith("#")) return resolvedBy(specifier, file);
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(candidate)) {
      const real = realpathSync(candidate);
      return real.includes("/node_modules/") ? "installed" : real;
    }
    if (nameIn(folder) === name) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/** By the `imports` of its package. */
function resolvedBy(specifier: string, file: string): string | undefined {
  try {
    return createRequire(file).resolve(specifier);
  } catch {
    return undefined;
  }
}

/** What the package of a folder is called, if there is one: it may import itself. */
function nameIn(folder: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name?: string }).name;
  } catch {
    return undefined;
  }
}

const lockFiles = ["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"];

/** What says which packages are installed, in the folder or the nearest one above it. */
export function lockFileOf(root: string): string | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    const found = lockFiles.map((name) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined || folder === dirname(folder)) return found;
  }
}

/** Programs that run what their words name, and have no code of the user's in themselves. */
const interpreters =
  /^(?:node|nodejs|deno|bun|tsx|ts-node|npm|npx|pnpm|yarn|python[\d.]*|ruby|php|perl|java|dotnet|go|cargo|make|sh|bash|zsh|env|uvicorn|gunicorn|flask)$/;
/** What these are given is a further command, not code. */
const shells = /^(?:sh|bash|zsh)$/;
const runsScripts = /^(?:npm|pnpm|yarn|bun|npx)$/;
/** After these the code itself follows. */
const inline = /^(?:-e|--eval|-p|--print|-c|-pe)$/;

/**
 * What a command runs: every word of it that names a file or a folder, and the program itself where it is the user's.
 * @param where what to call it, where it cannot be followed
 */
export function addCommand(collector: CodeCollector, command: readonly string[], where: string, root: string): void {
  const [program = "", ...rest] = command;
  const name = basename(program).replace(/\.exe$/, "");
  const script = runsScripts.test(name) ? resolve(root, "package.json") : undefined;
  const texts = script !== undefined && existsSync(script) ? [...rest, ...scriptsOf(script)] : rest;
  const words = texts.flatMap((text) => text.split(/[\s"'=;&|()]+/)).filter(Boolean);
  // A program on the path is found there; one with a slash is a file.
  const own = program.includes("/") && !interpreters.test(name) ? [program] : [];
  const named = [...own, ...words].map((word) => resolve(root, word)).filter((path) => existsSync(path));
  for (const path of named) collector.add(path);
  const isSeen = named.length > 0 || (!shells.test(name) && rest.some((word) => inline.test(word)));
  if (!isSeen) collector.miss(`no file is named in the command of ${where}: ${command.join(" ")}`);
}

function scriptsOf(manifest: string): readonly string[] {
  try {
    const { scripts = {} } = JSON.parse(readFileSync(manifest, "utf8")) as { scripts?: Record<string, string> };
    return Object.values(scripts);
  } catch {
    return [];
  }
}
