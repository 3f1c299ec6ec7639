import { execFile } from "node:child_process";
import { cpus, loadavg, totalmem } from "node:os";
import { promisify } from "node:util";
import type { RunRecord, Topology } from "../model/run.ts";
import { instanceNames, linksOf, type System } from "../model/system.ts";

/** The machine that a run ran on. */
export function describeHost(): RunRecord["host"] {
  return {
    platform: `${process.platform} ${process.arch}`,
    cores: cpus().length,
    memoryMb: Math.round(totalmem() / 1024 / 1024),
    node: process.version,
    load: { atStart: averageLoad() },
  };
}

/** The same at the end of a run: what else the machine had to do says how far its times can be trusted. */
export function describeHostAtEnd(host: RunRecord["host"]): RunRecord["host"] {
  return { ...host, ...(host.load === undefined ? {} : { load: { ...host.load, atEnd: averageLoad() } }) };
}

const averageLoad = (): number => Number(loadavg()[0]!.toFixed(2));

/** The commit of the working folder, with `+` when it was changed; undefined outside of git. */
export async function describeCommit(): Promise<string | undefined> {
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)("git", args, { timeout: 3000 });
    return stdout.trim();
  };
  try {
    const [commit, changes] = await Promise.all([git("rev-parse", "--short=12", "HEAD"), git("status", "--porcelain")]);
    return changes === "" ? commit : `${commit}+`;
  } catch {
    return undefined;
  }
}

/** The system as a picture. */
export function topologyOf(system: System): Topology {
  return {
    components: Object.entries(system.components).map(([name, component]) => ({
      name,
      kind: component.kind,
      instances: instanceNames(name, component),
    })),
    links: linksOf(system).map((link) => ({ from: link.from.instance, to: link.to.instance })),
  };
}
