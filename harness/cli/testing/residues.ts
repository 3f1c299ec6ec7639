import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { groupPlace } from "../../environments/local/control-group.ts";
import { listProcesses, type ProcessRow } from "../../safety/processes.ts";

/**
 * A world of its own for one run: everything temporary goes into a folder whose name is nobody else's, so that whatever
 * the run leaves can be told from what others do on the machine.
 */
export class Enclosure {
  /** Stands in for the machine's folder of temporary files. */
  readonly temporary: string;
  readonly reports: string;
  readonly #root: string;
  /** Of whoever was here before. */
  readonly #groups = emptyGroups();

  constructor() {
    this.#root = mkdtempSync(join(tmpdir(), "faultline-safety-"));
    this.temporary = mkdtempSync(join(this.#root, "tmp-"));
    this.reports = mkdtempSync(join(this.#root, "reports-"));
    // Postgres runs as somebody else when we are root.
    for (const folder of [this.#root, this.temporary]) chmodSync(folder, 0o711);
  }

  /** Processes that belong to the run: they were told of the enclosure, carry its mark, or work inside it. */
  processes(): readonly ProcessRow[] {
    return listProcesses().filter((row) => row.pid !== process.pid && row.state !== "dead" && this.#isInside(row.pid));
  }

  /** Everything that is left of the run: its report folder is meant to stay. */
  residues(): readonly string[] {
    const processes = this.processes().map(({ pid, state }) => `process ${pid} (${state}): ${commandOf(pid)}`);
    const files = filesIn(this.temporary).map((path) => `file ${path.slice(this.temporary.length + 1)}`);
    const groups = emptyGroups().filter((group) => !this.#groups.includes(group));
    return [...processes, ...files, ...groups.map((group) => `control group ${group}`)];
  }

  /** Waits until nothing is left. @returns what still is when the time is up */
  async residuesAfter(withinMs: number): Promise<readonly string[]> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const left = this.residues();
      if (left.length === 0 || performance.now() > deadline) return left;
      await sleep(50);
    }
  }

  remove(): void {
    for (const { pid } of this.processes()) process.kill(pid, "SIGKILL");
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 5 });
  }

  #isInside(pid: number): boolean {
    const told = (file: string): string => {
      try {
        return readFileSync(`/proc/${pid}/${file}`, "latin1");
      } catch {
        return "";
      }
    };
    if (told("cmdline").includes(this.#root) || told("environ").includes(this.#root)) return true;
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(this.#root);
    } catch {
      return false;
    }
  }
}

/** All files below a folder; what is going away in this very moment counts as a file. */
function filesIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [folder];
  }
}

/** Control groups that a run made and nobody is in: those of runs that are alive have somebody in them. */
function emptyGroups(): readonly string[] {
  const parents = (["cpu", "memory"] as const).flatMap((controller) => groupPlace(controller)?.parent ?? []);
  return parents.flatMap((parent) =>
    readdirSync(parent)
      .filter((name) => name.startsWith("faultline-"))
      .map((name) => join(parent, name))
      .filter((group) => readOr(join(group, "cgroup.procs"), "gone by now") === ""),
  );
}

const commandOf = (pid: number): string => readOr(`/proc/${pid}/cmdline`, "gone by now").replaceAll("\0", " ").trim();

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return otherwise;
  }
}
