import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** What a command said until it ended. */
export interface Told {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How patient its caller is. */
export interface Patience {
  /** How long it may work. Then it is interrupted, as by Ctrl-C. */
  readonly limitMs: number;
  /** How long it may take to end after it was interrupted, or after its document was there. Then it is killed. */
  readonly graceMs: number;
  /** Interrupts it at once. */
  readonly signal: AbortSignal;
}

/**
 * Hears a command of ours to its end, which prints one JSON document when all is done. Whoever waits for hundreds of them
 * must not wait for ever for one: Node can hang in the middle of `process.exit()`
 * ([nodejs/node#54918](https://github.com/nodejs/node/issues/54918)), where no code of ours could help it.
 * @throws the signal's reason, when it was aborted and the command has ended
 */
export async function heard(child: ChildProcess, { limitMs, graceMs, signal }: Patience): Promise<Told> {
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  const ended = once(child, "close") as Promise<[number | null]>;
  const over = new AbortController();
  const later = (ms: number, act: () => void): void =>
    void sleep(ms, undefined, { signal: over.signal }).then(act, () => undefined);
  const kill = (): void => void child.kill("SIGKILL");
  const interrupt = (): void => void child.kill("SIGINT");
  signal.addEventListener("abort", interrupt, { signal: over.signal });
  later(limitMs, () => {
    interrupt();
    later(graceMs, kill);
  });
  child.stdout?.on("data", () => {
    if (isDocument(stdout())) later(graceMs, kill);
  });
  try {
    const [code] = await ended;
    signal.throwIfAborted();
    return { code, stdout: stdout(), stderr: stderr() };
  } finally {
    over.abort();
  }
}

function textOf(stream: NodeJS.ReadableStream | null): () => string {
  const parts: string[] = [];
  stream?.setEncoding("utf8").on("data", (part: string) => parts.push(part));
  return () => parts.join("");
}

function isDocument(text: string): boolean {
  if (!text.endsWith("}\n")) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
