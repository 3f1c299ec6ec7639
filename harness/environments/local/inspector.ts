import { readFileSync, readlinkSync, statSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Json } from "../../model/units.ts";
import { withDeadline } from "../../network/deadline.ts";
import { type ProcessRow, signalProcess } from "../../safety/processes.ts";

const withinMs = 3000;
const pollMs = 20;

interface Session {
  readonly pid: number;
  readonly socket: WebSocket;
}

/**
 * The inspector of a Node process (Chrome DevTools Protocol): opened with SIGUSR1 on a port of the kernel's choice, and
 * closed again. The program itself is not changed, and need not know.
 */
export class Inspector {
  readonly #log: string;
  #session: Session | undefined;
  #calls = 0;

  /** @param log where the process' standard error goes: there Node tells the inspector's address */
  constructor(log: string) {
    this.#log = log;
  }

  /**
   * Evaluates an expression in the first Node process of a tree; its promise is awaited.
   * @returns its value, which must survive JSON
   * @throws Error when there is no Node process, or no answer in time, or the expression throws
   */
  async evaluate(tree: readonly ProcessRow[], expression: string): Promise<Json> {
    const node = tree.find(({ pid }) => isNode(pid));
    if (node === undefined) throw new Error("none of its processes is Node, so that it has no inspector");
    const late = (): Error => new Error(`process ${node.pid}: no answer of its inspector in ${withinMs / 1000} s`);
    return withDeadline(this.#ask(node, expression), withinMs, late);
  }

  /** Closes it, if it is open. The process may be gone, or busy: then it is closed as soon as it can be. */
  async close(tree: readonly ProcessRow[]): Promise<void> {
    const { pid } = this.#session ?? {};
    if (pid !== undefined && tree.some((row) => row.pid === pid)) {
      // Closing waits until nobody is connected any more, and that is us.
      const closing = 'void setTimeout(() => process.getBuiltinModule("node:inspector").close(), 100)';
      await this.evaluate(tree, closing).catch(() => undefined);
    }
    this.#session?.socket.close();
    this.#session = undefined;
  }

  async #ask(node: ProcessRow, expression: string): Promise<Json> {
    const { socket } = await this.#connected(node);
    this.#calls += 1;
    const id = this.#calls;
    const params = { expression, awaitPromise: true, returnByValue: true, includeCommandLineAPI: true };
    const answer = new Promise<Json>((resolve, reject) => {
      const hear = ({ data }: MessageEvent): void => {
        const told = JSON.parse(String(data));
        if (told.id !== id) return;
        settle();
        const { exceptionDetails, result } = told.result ?? {};
        if (exceptionDetails === undefined) resolve(result?.value ?? null);
        else reject(new Error(exceptionDetails.exception?.description ?? exceptionDetails.text));
      };
      const gone = (): void => {
        settle();
        reject(new Error(`process ${node.pid}: its inspector is gone`));
      };
      const settle = (): void => {
        socket.removeEventListener("message", hear);
        socket.removeEventListener("close", gone);
      };
      socket.addEventListener("message", hear);
      socket.addEventListener("close", gone);
    });
    socket.send(JSON.stringify({ id, method: "Runtime.evaluate", params }));
    return answer;
  }

  async #connected(node: ProcessRow): Promise<Session> {
    const known = this.#session;
    if (known?.pid === node.pid && known.socket.readyState === WebSocket.OPEN) return known;
    known?.socket.close();
    const from = statSync(this.#log).size;
    if (!signalProcess(node, "SIGUSR1")) throw new Error(`process ${node.pid} is gone`);
    const socket = new WebSocket(await this.#address(from));
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () => resolve());
      socket.addEventListener("error", () => reject(new Error("its inspector takes no connection")));
    });
    const session = { pid: node.pid, socket };
    this.#session = session;
    return session;
  }

  /** As Node tells it in its own words, which have been the same since version 8. @param from the size of the log before */
  async #address(from: number): Promise<string> {
    for (const deadline = performance.now() + withinMs; performance.now() < deadline; await sleep(pollMs)) {
      const told = readFileSync(this.#log).subarray(from).toString("latin1");
      const address = /Debugger listening on (ws:\/\/\S+)/.exec(told)?.[1];
      if (address !== undefined) return address;
    }
    throw new Error("it did not open its inspector on SIGUSR1");
  }
}

/** Any other program would be ended by SIGUSR1. */
function isNode(pid: number): boolean {
  try {
    return /^node\d*$/.test(basename(readlinkSync(`/proc/${pid}/exe`)));
  } catch {
    return false;
  }
}
