import { readFileSync, readlinkSync, statSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { statedDuration } from "../../model/quantities.ts";
import type { Json } from "../../model/units.ts";
import { withDeadline } from "../../network/deadline.ts";
import { type ProcessRow, signalProcess } from "../../safety/processes.ts";

const withinMs = 3000;
const pollMs = 20;

/**
 * The inspector of a Node process (Chrome DevTools Protocol): opened with SIGUSR1 on a port of the kernel's choice, and
 * closed again. The program itself is not changed, and need not know. Each call has a connection of its own: a process
 * that ends while somebody is connected waits for them to leave.
 */
export class Inspector {
  readonly #log: string;
  #opened: { readonly pid: number; readonly address: string } | undefined;

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
    const socket = new WebSocket(await this.#open(node));
    const late = (): Error =>
      new Error(`process ${node.pid}: no answer of its inspector in ${statedDuration(withinMs)}`);
    try {
      return await withDeadline(ask(socket, expression), withinMs, late);
    } finally {
      socket.close();
    }
  }

  /** Closes it, if it is open. The process may be gone, or busy: then it is closed as soon as it can be. */
  async close(tree: readonly ProcessRow[]): Promise<void> {
    const pid = this.#opened?.pid;
    if (pid !== undefined && tree.some((row) => row.pid === pid)) {
      // Closing waits until nobody is connected any more, and that is us.
      const closing = 'void setTimeout(() => process.getBuiltinModule("node:inspector").close(), 100)';
      await this.evaluate(tree, closing).catch(() => undefined);
    }
    this.#opened = undefined;
  }

  /** @returns the address of the process' inspector, which is open then */
  async #open(node: ProcessRow): Promise<string> {
    if (this.#opened?.pid === node.pid) return this.#opened.address;
    const from = statSync(this.#log).size;
    if (!signalProcess(node, "SIGUSR1")) throw new Error(`process ${node.pid} is gone`);
    const address = await this.#address(from);
    this.#opened = { pid: node.pid, address };
    return address;
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

/** One call, on a connection that is being made. */
function ask(socket: WebSocket, expression: string): Promise<Json> {
  const params = { expression, awaitPromise: true, returnByValue: true, includeCommandLineAPI: true };
  return new Promise<Json>((resolve, reject) => {
    socket.addEventListener("open", () => socket.send(JSON.stringify({ id: 1, method: "Runtime.evaluate", params })));
    socket.addEventListener("message", ({ data }) => {
      const { id, result: told } = JSON.parse(String(data));
      if (id !== 1) return;
      const { exceptionDetails, result } = told ?? {};
      if (exceptionDetails === undefined) resolve(result?.value ?? null);
      else reject(new Error(exceptionDetails.exception?.description ?? exceptionDetails.text));
    });
    const gone = (): void => reject(new Error("its inspector is gone"));
    socket.addEventListener("error", gone);
    socket.addEventListener("close", gone);
  });
}

/** Any other program would be ended by SIGUSR1. */
function isNode(pid: number): boolean {
  try {
    return /^node\d*$/.test(basename(readlinkSync(`/proc/${pid}/exe`)));
  } catch {
    return false;
  }
}
