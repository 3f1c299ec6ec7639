import type { Address } from "../model/environment.ts";
import { Connection } from "./connection.ts";
import type { HttpFlight } from "./http-flight.ts";

/**
 * Connections that are opened at once, to one target. A fleet that loses its connections and opens all of them again in
 * one go stalls the generator, whose next operations then expire and cost their connections, too: the load would keep
 * itself from recovering. What waits takes whatever connection is free first, and most need no new one.
 */
const mostOpening = 8;

/** What a target needs to know. */
export interface TargetOptions {
  readonly address: Address;
  /** Connections that may be in use at once. */
  readonly connections: number;
  /** How long a connection may take to be made. */
  readonly connectWithinMs: number;
  now(): number;
}

/**
 * One entry instance: a first-in-first-out queue in front of connections, of which the one that was used last is used
 * again first, so that there are as few as the load needs.
 */
export class Target {
  readonly #options: TargetOptions;
  readonly #all: Connection[] = [];
  /** Not in use: those that were open when they were put back, and those that have to be opened. */
  readonly #open: Connection[] = [];
  readonly #shut: Connection[] = [];
  #opening = 0;
  #queue: HttpFlight[] = [];
  #head = 0;
  #isClosed = false;

  constructor(options: TargetOptions) {
    this.#options = options;
  }

  /** Dispatches the flight, or lets it wait for its turn. */
  offer(flight: HttpFlight): void {
    this.#queue.push(flight);
    this.#pump();
  }

  /** The flight that had this connection is done with it. */
  release(connection: Connection, isBroken: boolean): void {
    if (!isBroken) {
      this.#putBack(connection);
      return;
    }
    connection.broke();
    // Not at once: undici is in the middle of failing what this connection carried, and may be given nothing to carry;
    // and at the end of a run, what waits is about to be settled with it.
    queueMicrotask(() => this.#putBack(connection));
  }

  /** Ends every connection, also those that are being made; returns when they are gone. Twice is harmless. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#queue = [];
    this.#head = 0;
    await Promise.all(this.#all.map((connection) => connection.close()));
  }

  #pump(): void {
    while (!this.#isClosed && this.#head < this.#queue.length) {
      const flight = this.#queue[this.#head]!;
      // What has expired is about to be settled, and would only cost a connection.
      if (flight.isSettled || flight.plan.expiresMs <= this.#options.now()) {
        this.#shift();
        continue;
      }
      const connection = this.#free();
      if (connection === undefined) return;
      this.#shift();
      if (!flight.dispatchOn(connection)) this.#shut.push(connection);
    }
  }

  #shift(): void {
    this.#head += 1;
    if (this.#head < 1024 && this.#head < this.#queue.length) return;
    this.#queue = this.#queue.slice(this.#head);
    this.#head = 0;
  }

  #free(): Connection | undefined {
    for (let last = this.#open.pop(); last !== undefined; last = this.#open.pop()) {
      if (last.isOpen) return last;
      this.#shut.push(last);
    }
    if (this.#opening >= mostOpening) return undefined;
    return this.#shut.pop() ?? this.#another();
  }

  #another(): Connection | undefined {
    const { address, connections, connectWithinMs } = this.#options;
    if (this.#all.length >= connections) return undefined;
    const connection = new Connection(address, connectWithinMs, {
      opening: () => {
        this.#opening += 1;
      },
      opened: () => {
        this.#opening -= 1;
        this.#pump();
      },
    });
    this.#all.push(connection);
    return connection;
  }

  #putBack(connection: Connection): void {
    (connection.isOpen ? this.#open : this.#shut).push(connection);
    this.#pump();
  }
}
