import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * When a process was started, as the system tells it: with its number this is a name that no other process ever has.
 * @returns undefined for one that is not there, or has ended and only waits to be asked how
 */
export function startedAt(pid: number): string | undefined {
  return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
}

function fromProc(pid: number): string | undefined {
  try {
    // After the name, which is in parentheses and may have any character in it, come the state and the numbers.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    const hasEnded = fields[0] === "Z" || fields[0] === "X";
    return hasEnded ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function fromPs(pid: number): string | undefined {
  try {
    const stdio = ["ignore", "pipe", "ignore"] as const;
    const [state = "Z", ...start] = execFileSync("ps", ["-o", "state=,lstart=", "-p", `${pid}`], { stdio: [...stdio] })
      .toString()
      .trim()
      .split(/\s+/);
    return state.startsWith("Z") ? undefined : start.join(" ");
  } catch {
    return undefined;
  }
}
