import { connect, type Socket } from "node:net";
import { type buildConnector, Pool } from "undici";
import type { Address } from "../model/environment.ts";
import type { HttpRequest } from "../model/workload.ts";
import type { Flight } from "./flight.ts";

/** What a target needs to know. */
export interface TargetOptions {
  readonly address: Address;
  /** Connections that may be in use at once. */
  readonly connections: number;
  /** How long a connection may take to be made. */
  readonly connectWithinMs: number;
  now(): number;
  /** Makes the request of a flight. It must not throw: `undefined` takes the flight off the queue unsent. */
  requestOf(flight: Flight): HttpRequest | undefined;
}

/**
 * One entry instance: a first-in-first-out queue in front of a pool of connections. undici is never given more than
 * its connections can carry, because its own queue costs ten times the generator lag of this one.
 */
export class Target {
  readonly #options: TargetOptions;
  readonly #pool: Pool;
  readonly #sockets = new Set<Socket>();
  #queue: Flight[] = [];
  #head = 0;
  #inUse = 0;
  #isClosed = false;

  constructor(options: TargetOptions) {
    this.#options = options;
    const { host, port } = options.address;
    this.#pool = new Pool(`http://${host.includes(":") ? `[${host}]` : host}:${port}`, {
      connections: options.connections,
      pipelining: 1,
      // Deadlines are swept by the generator; undici's timers are half a second coarse.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (_, callback) => this.#connect(callback),
    });
  }

  /** Operations that wait for a connection, those that expired meanwhile included. */
  get queued(): number {
    return this.#queue.length - this.#head;
  }

  /** Dispatches the flight, or lets it wait for its turn. */
  offer(flight: Flight): void {
    this.#queue.push(flight);
    this.#pump();
  }

  /** undici is done with one flight. */
  release(): void {
    this.#inUse -= 1;
    this.#pump();
  }

  /** Ends every connection, also those that are being made; returns when they are gone. Twice is harmless. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#queue = [];
    this.#head = 0;
    const closed = Array.from(
      this.#sockets,
      (socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())),
    );
    await this.#pool.destroy();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  #pump(): void {
    while (!this.#isClosed && this.#head < this.#queue.length) {
      const flight = this.#queue[this.#head]!;
      // What has expired is about to be settled, and would only cost a connection.
      const isOver = flight.isSettled || flight.plan.expiresMs <= this.#options.now();
      if (!isOver && this.#inUse >= this.#options.connections) return;
      this.#shift();
      if (!isOver) this.#dispatch(flight);
    }
  }

  #shift(): void {
    this.#head += 1;
    if (this.#head < 1024 && this.#head < this.#queue.length) return;
    this.#queue = this.#queue.slice(this.#head);
    this.#head = 0;
  }

  #dispatch(flight: Flight): void {
    const request = this.#options.requestOf(flight);
    if (request === undefined) return;
    this.#inUse += 1;
    flight.dispatchedMs = this.#options.now();
    const { method, path, headers, body } = request;
    this.#pool.dispatch({ method, path, headers: headers ?? null, body: body ?? null }, flight);
  }

  /** Our own, because undici forgets a connection that is still being made when its pool is destroyed. */
  #connect(callback: buildConnector.Callback): void {
    const { address, connectWithinMs } = this.#options;
    const socket = connect({ host: address.host, port: address.port, noDelay: true });
    const late = setTimeout(() => {
      socket.destroy(new Error(`no connection within ${connectWithinMs} ms`));
    }, connectWithinMs);
    const failed = (error: Error): void => callback(error, null);
    this.#sockets.add(socket);
    socket.once("error", failed);
    socket.once("close", () => {
      clearTimeout(late);
      this.#sockets.delete(socket);
    });
    socket.once("connect", () => {
      clearTimeout(late);
      socket.off("error", failed);
      callback(null, socket);
    });
  }
}
