import { connect, type Socket } from "node:net";
import { type buildConnector, Client, type Dispatcher } from "undici";
import type { Address } from "../model/environment.ts";
import { statedDuration } from "../model/quantities.ts";
import type { HttpRequest } from "../model/workload.ts";

/** A connection that is not made after so long waits for the system, and is no work of ours any more. */
const opensWithinMs = 50;

/** What a connection tells its target. */
export interface ConnectionEvents {
  opening(): void;
  /** That is over: it is open, or failed, or takes long. Once for each opening. */
  opened(): void;
}

/**
 * One place for one request at a time, with a TCP connection that is made when it is needed and again after it broke.
 * undici's Client without undici's Pool, which cannot be told how many connections to open at once.
 */
export class Connection {
  readonly #address: Address;
  readonly #events: ConnectionEvents;
  readonly #connectWithinMs: number;
  readonly #client: Client;
  readonly #sockets = new Set<Socket>();
  #opening: NodeJS.Timeout | undefined;
  #open: Socket | undefined;

  constructor(address: Address, connectWithinMs: number, events: ConnectionEvents) {
    this.#address = address;
    this.#connectWithinMs = connectWithinMs;
    this.#events = events;
    const { host, port } = address;
    this.#client = new Client(`http://${host.includes(":") ? `[${host}]` : host}:${port}`, {
      pipelining: 1,
      // Deadlines are swept by the generator; undici's timers are half a second coarse.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (_, callback) => this.#connect(callback),
    });
  }

  /** Whether a request can be written at once. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** Sends the request, opening the connection first if need be; the target is told of it when that is over. */
  dispatch({ method, path, headers, body }: HttpRequest, handler: Dispatcher.DispatchHandler): void {
    if (!this.isOpen) {
      this.#opening = setTimeout(() => this.#opened(), opensWithinMs);
      this.#events.opening();
    }
    this.#client.dispatch({ method, path, headers: headers ?? null, body: body ?? null }, handler);
  }

  /** What it had on it ended badly, and undici will close it. */
  broke(): void {
    this.#open = undefined;
    this.#opened();
  }

  /** Ends the connection, also one that is being made; returns when it is gone. */
  async close(): Promise<void> {
    clearTimeout(this.#opening);
    this.#opening = undefined;
    const closed = Array.from(
      this.#sockets,
      (socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())),
    );
    await this.#client.destroy();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  /** What was being opened is not any more; harmless when nothing was. */
  #opened(): void {
    if (this.#opening === undefined) return;
    clearTimeout(this.#opening);
    this.#opening = undefined;
    this.#events.opened();
  }

  /** Our own, because undici forgets a connection that is still being made when its client is destroyed. */
  #connect(callback: buildConnector.Callback): void {
    const socket = connect({ host: this.#address.host, port: this.#address.port, noDelay: true });
    const late = setTimeout(() => {
      socket.destroy(new Error(`no connection within ${statedDuration(this.#connectWithinMs)}`));
    }, this.#connectWithinMs);
    const failed = (error: Error): void => callback(error, null);
    this.#sockets.add(socket);
    socket.once("error", failed);
    socket.once("close", () => {
      clearTimeout(late);
      this.#sockets.delete(socket);
      if (this.#open === socket) this.#open = undefined;
    });
    socket.once("connect", () => {
      clearTimeout(late);
      socket.off("error", failed);
      this.#open = socket;
      callback(null, socket);
      this.#opened();
    });
  }
}
