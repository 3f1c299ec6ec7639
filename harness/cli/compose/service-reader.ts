import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";
import type { CodeWith } from "../../model/error-codes/index.ts";
import type { Problem } from "../../model/errors.ts";
import { didYouMean } from "../../schema/did-you-mean.ts";
import { byName, isValues, type Values } from "./extend.ts";
import { interpolate, type Text, textOf, type Variables } from "./interpolate.ts";
import { containerPort, healthOf } from "./ports.ts";
import type { ComposeService, Variable } from "./service.ts";
import type { Path, Source } from "./source.ts";
import { splitWords } from "./words.ts";

/** Settings that change what a container does, and that a component can't be told. */
const notCarried =
  "entrypoint volumes user working_dir secrets configs network_mode privileged cap_add devices extra_hosts tmpfs".split(
    " ",
  );

export interface ReaderContext {
  readonly name: string;
  /** With all that it extends. */
  readonly values: Values;
  readonly source: Source;
  readonly variables: Variables;
  /** Names of variables that are not set. */
  readonly unset: Set<string>;
  /** Of all services. */
  readonly names: readonly string[];
  readonly problems: Problem[];
}

/** One service, from the values of the file; what is wrong goes to the problems. */
export class ServiceReader {
  readonly #context: ReaderContext;

  constructor(context: ReaderContext) {
    this.#context = context;
  }

  read(): ComposeService {
    const { name, values } = this.#context;
    const image = values["image"] === undefined ? undefined : this.#text(values["image"], ["image"]);
    if (image === undefined && values["build"] === undefined)
      this.#bad("NO_IMAGE", [], "has neither an image nor a build", "Give it one of them.");
    const command = this.#command(values["command"]);
    const health = healthOf(isValues(values["healthcheck"]) ? values["healthcheck"]["test"] : undefined);
    const envFiles = this.#envFiles();
    return {
      name,
      hosts: this.#hosts(),
      ...(image === undefined ? {} : { image }),
      ...(command === undefined ? {} : { command }),
      environment: this.#environment(envFiles),
      envFiles,
      isBuilt: values["build"] !== undefined,
      published: this.#ports("ports"),
      exposed: this.#ports("expose"),
      ...this.#dependencies(),
      ...(health === undefined ? {} : { health }),
      instances: this.#instances(),
      dropped: notCarried.filter((key) => values[key] !== undefined),
    };
  }

  #bad(code: CodeWith<"usage">, path: Path, message: string, remedy: string): void {
    const { source, name, problems } = this.#context;
    const full = ["services", name, ...path];
    problems.push({ code, where: `${source.where(full)} ${full.join(".")}`, message, remedy });
  }

  #text(value: unknown, path: Path): Text {
    const text = scalar(value);
    if (text === undefined) this.#bad("BAD_VALUE", path, "is no text", "Give a text.");
    return interpolate(text ?? "", this.#context.variables, {
      problem: (message) => this.#bad("BAD_VARIABLE", path, message, "Correct it, or set the variable."),
      unset: (name) => void this.#context.unset.add(name),
    });
  }

  #plain = (value: unknown, path: Path): string => textOf(this.#text(value, path));

  #hosts(): readonly string[] {
    const { name, values } = this.#context;
    const networks = isValues(values["networks"]) ? Object.values(values["networks"]) : [];
    const aliases = networks.flatMap((one) => (isValues(one) && Array.isArray(one["aliases"]) ? one["aliases"] : []));
    const told = [values["container_name"], values["hostname"], ...aliases].filter((one) => typeof one === "string");
    return [...new Set([name, ...told.map((one) => this.#plain(one, ["container_name"]))])];
  }

  #command(value: unknown): readonly Text[] | undefined {
    if (value === undefined || value === null) return undefined;
    if (Array.isArray(value)) return value.map((word, index) => this.#text(word, ["command", index]));
    const text = scalar(value);
    const words = text === undefined ? undefined : splitWords(text);
    if (words === undefined) this.#bad("BAD_VALUE", ["command"], "is no text with its quotes closed", "Correct it.");
    return words?.map((word) => this.#text(word, ["command"]));
  }

  #envFiles(): readonly string[] {
    const value = this.#context.values["env_file"];
    const entries: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
    return entries.flatMap((entry, index) => {
      const path = Array.isArray(value) ? ["env_file", index] : ["env_file"];
      const told = this.#plain(isValues(entry) ? entry["path"] : entry, path);
      if (this.#fileText(told) !== undefined) return [told];
      if (isValues(entry) && entry["required"] === false) return [];
      const remedy = "Make it, as for `docker compose up`, or say `required: false`.";
      this.#bad("NO_ENV_FILE", path, `there is no file ${told}`, remedy);
      return [];
    });
  }

  #fileText(path: string): string | undefined {
    try {
      return readFileSync(join(dirname(this.#context.source.file), path), "utf8");
    } catch {
      return undefined;
    }
  }

  #environment(envFiles: readonly string[]): ReadonlyMap<string, Variable> {
    const variables = new Map<string, Variable>();
    for (const file of envFiles) {
      for (const [name, value = ""] of Object.entries(parseEnv(this.#fileText(file) ?? ""))) {
        const code = `(envFile(${JSON.stringify(file)})[${JSON.stringify(name)}] ?? "")`;
        variables.set(name, { text: [{ text: value, code }], isFromFile: true });
      }
    }
    for (const [name, value] of Object.entries(byName(this.#context.values["environment"]))) {
      // One without a value has that of the shell.
      const source = value === null ? `\${${name}}` : value;
      variables.set(name, { text: this.#text(source, ["environment", name]), isFromFile: false });
    }
    return variables;
  }

  #ports(key: "ports" | "expose"): readonly number[] {
    const value = this.#context.values[key];
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.#bad("BAD_PORT", [key], "is no list", 'Give a list, as ["8080:80"].');
      return [];
    }
    return value.flatMap((entry, index) => {
      const told = isValues(entry) ? entry["target"] : entry;
      const text = this.#plain(told, [key, index]);
      const port = containerPort(text);
      if (port === "udp" || (isValues(entry) && entry["protocol"] === "udp")) return [];
      if (port === undefined) this.#bad("BAD_PORT", [key, index], `"${text}" is no port`, 'Give one, as "8080:80".');
      return port ?? [];
    });
  }

  #dependencies(): Pick<ComposeService, "dependsOn" | "completed"> {
    const value = this.#context.values["depends_on"];
    const conditions: Values = isValues(value)
      ? value
      : Object.fromEntries((Array.isArray(value) ? value : []).map((one) => [String(one), {}]));
    for (const other of Object.keys(conditions)) {
      if (this.#context.names.includes(other)) continue;
      const remedy = didYouMean(other, this.#context.names);
      this.#bad("UNKNOWN_SERVICE", ["depends_on"], `there is no service "${other}"`, remedy);
    }
    const completed = Object.entries(conditions).flatMap(([other, one]) =>
      isValues(one) && one["condition"] === "service_completed_successfully" ? [other] : [],
    );
    return { dependsOn: Object.keys(conditions), completed };
  }

  #instances(): number {
    const { deploy, scale } = this.#context.values;
    const told = scale ?? (isValues(deploy) ? deploy["replicas"] : undefined) ?? 1;
    const count = Number(typeof told === "string" ? this.#plain(told, ["scale"]) : told);
    if (Number.isInteger(count) && count >= 0) return count;
    this.#bad("BAD_VALUE", ["scale"], `is ${JSON.stringify(told)}`, "Give a whole number.");
    return 1;
  }
}

/** What stands for a text in YAML; undefined for what does not. */
function scalar(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return value === null || value === undefined ? "" : undefined;
}
