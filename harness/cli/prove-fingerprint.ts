import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Mutant } from "../model/mutant.ts";
import type { ServiceSettings } from "../model/system.ts";
import { addCommand, CodeCollector, lockFileOf } from "./code-files.ts";
import type { Planned } from "./planned.ts";
import { version } from "./version.ts";

/** What fingerprints are made of beside what is planned. */
interface Surroundings {
  /** The name of the environment. */
  readonly env: string;
  /** The folder of the reports, which holds no code. */
  readonly output: string;
  /** The folder in which commands are run. Default: that of this process. */
  readonly root?: string;
}

/**
 * Fingerprints of cells. Two are the same only if a run of the one would be a run of the other: the plan, the checks, the
 * environment, the system's definition, what switches the mutant on, and the content of every file that the scenario and
 * the system's commands are made of. Where some of the code cannot be seen, no two are the same.
 */
export class Fingerprints {
  readonly #surroundings: Surroundings;
  readonly #codes = new Map<string, { readonly hash: string; readonly unseen: readonly string[] }>();
  readonly #unseen = new Set<string>();
  #harness: string | undefined;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** What could not be seen of any system or scenario, one sentence each. */
  get unseen(): readonly string[] {
    return [...this.#unseen];
  }

  of(mutant: Mutant | null, { path, plan, scenario }: Planned): string {
    const { system, checks } = scenario;
    const judged = checks.map((check) => [check.name, check.parameters, check.judge.toString()]);
    const { hash, unseen } = this.#codeOf(path, system);
    for (const sentence of unseen) this.#unseen.add(sentence);
    this.#harness ??= harnessHash();
    const { env } = this.#surroundings;
    const fresh = unseen.length === 0 ? [] : [randomUUID()];
    const all = [
      plan,
      judged,
      mutant?.environment,
      env,
      system.entry,
      system.components,
      hash,
      this.#harness,
      ...fresh,
    ];
    return hashOf(JSON.stringify(all)).slice(0, 16);
  }

  /** Of a scenario, and of its system: many mutants meet the same. */
  #codeOf(path: string, { components }: Planned["scenario"]["system"]) {
    const key = JSON.stringify([path, components]);
    const known = this.#codes.get(key);
    if (known !== undefined) return known;
    const { root = process.cwd(), output, env } = this.#surroundings;
    const collector = new CodeCollector(root, [output]);
    collector.add(resolve(root, path));
    const lockFile = lockFileOf(root);
    if (lockFile !== undefined) collector.add(lockFile);
    for (const [name, { kind, settings, attached }] of Object.entries(components)) {
      if (attached !== undefined && env === "attach") {
        collector.miss(`${name} runs already, and Faultline does not start it`);
      } else if (kind === "service") {
        const { command, prepare } = settings as unknown as ServiceSettings;
        addCommand(collector, command, name, root);
        if (prepare !== undefined) addCommand(collector, prepare, `${name}.prepare`, root);
      }
    }
    const { files, unseen } = collector.code;
    const code = { hash: hashOf(JSON.stringify([...files])), unseen };
    this.#codes.set(key, code);
    return code;
  }
}

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** What judges: a released Faultline by its version, one that is worked on by its files, too. */
function harnessHash(): string {
  const folder = resolve(import.meta.dirname, "..");
  if (folder.includes("/node_modules/")) return version;
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.m?[jt]s$/.test(name) && !/\.test\.[jt]s$|(?:^|\/)(?:testing|bench|setup)\//.test(name))
    .toSorted();
  return hashOf(JSON.stringify([version, ...sources.map((name) => hashOf(readFileSync(join(folder, name), "utf8")))]));
}
