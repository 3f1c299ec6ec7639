import { connect, type Socket } from "node:net";
import type { Address } from "../model/environment.ts";
import type { SilenceOrder } from "../model/relay.ts";
import type { Cutter, MomentWatch } from "./cutter.ts";

/** What a connection needs of the link that it is on. */
interface Surroundings {
  cutters(): Iterable<Cutter>;
  /** Called when both ends are over; twice is harmless. */
  closed(): void;
}

/**
 * One connection through the relay: the client's end, and that of the component. While it is silent or forgotten, what
 * comes is read and dropped, and the end of one side is not passed on to its client; that of the client is passed on, so
 * that a server does not keep what belongs to nothing.
 */
export class RelayedConnection {
  droppedBytes = 0;
  readonly #client: Socket;
  readonly #upstream: Address;
  readonly #link: Surroundings;
  readonly #watches = new Map<Cutter, MomentWatch>();
  #server: Socket | undefined;
  /** What is left of the component's end is only there to finish what it was sent. */
  #isCut = false;
  #isForgotten = false;
  #dropsRequests = false;
  #dropsReplies = false;
  /** Whose reply is to be lost: the connection is cut when the first byte of one comes. */
  #cutter: Cutter | undefined;

  constructor(client: Socket, upstream: Address, link: Surroundings) {
    this.#client = client;
    this.#upstream = upstream;
    this.#link = link;
    client.on("data", (chunk) => this.#request(chunk));
    client.on("end", () => this.#clientEnded());
    client.on("error", () => this.#server?.resetAndDestroy());
    client.on("close", () => this.#clientClosed());
  }

  get isOpen(): boolean {
    return !this.#client.destroyed;
  }

  get isForgotten(): boolean {
    return this.#isForgotten;
  }

  /** Connects to the component, unless no byte of the client may get there. */
  begin(): void {
    if (this.#dropsRequests) return;
    const server = connect({ ...this.#upstream, allowHalfOpen: true, noDelay: true });
    this.#server = server;
    server.on("data", (chunk) => this.#reply(chunk));
    server.on("end", () => this.#serverEnded(() => this.#client.end()));
    server.on("error", () => this.#serverEnded(() => this.#client.resetAndDestroy()));
    server.on("close", () => {
      this.#serverEnded(() => this.#client.destroySoon());
      if (!this.isOpen) this.#link.closed();
    });
    server.on("drain", () => this.#client.resume());
    this.#client.on("drain", () => server.resume());
  }

  silence(direction: SilenceOrder["direction"]): void {
    if (direction !== "replies") this.#dropsRequests = true;
    if (direction !== "requests") this.#dropsReplies = true;
    this.#flowOn();
  }

  /** For good, and both ways: what forgot the connection knows neither direction of it. */
  forget(): void {
    this.#isForgotten = true;
    this.silence("both");
  }

  destroy(): void {
    this.#client.destroy();
    this.#server?.destroy();
  }

  #request(chunk: Buffer): void {
    // The component may have ended while its client cannot hear of it.
    if (this.#dropsRequests || this.#server?.writable !== true) {
      this.droppedBytes += chunk.length;
      return;
    }
    const cutter = this.#momentIn(chunk);
    if (cutter?.lose === "request") {
      this.#server?.resetAndDestroy();
      this.#client.resetAndDestroy();
      cutter.done();
      return;
    }
    this.#cutter ??= cutter;
    // A connection that is being made takes it, and sends it when it is made.
    if (this.#server?.write(chunk) === false) this.#client.pause();
  }

  #reply(chunk: Buffer): void {
    if (this.#cutter?.isArmed === true) {
      this.#loseReply(this.#cutter);
      return;
    }
    this.#endWait();
    if (this.#dropsReplies || this.#isCut) {
      this.droppedBytes += chunk.length;
      return;
    }
    if (!this.#client.write(chunk)) this.#server?.pause();
  }

  /** The component has all of the request, and is let finish what else it was sent: a reset would throw that away. */
  #loseReply(cutter: Cutter): void {
    this.#cutter = undefined;
    this.#isCut = true;
    this.#server?.end();
    this.#client.resetAndDestroy();
    cutter.done();
  }

  #clientEnded(): void {
    if (this.#dropsRequests || this.#dropsReplies || this.#server === undefined) this.destroy();
    else this.#server.end();
  }

  #clientClosed(): void {
    this.#endWait();
    if (!this.#isCut) this.#server?.destroy();
    if (this.#server === undefined || this.#server.destroyed) this.#link.closed();
  }

  #serverEnded(pass: () => void): void {
    if (this.#dropsReplies || this.#isCut) this.#server?.destroy();
    else if (this.isOpen) pass();
  }

  /** What was held up by an end that takes nothing is read on, and dropped. */
  #flowOn(): void {
    if (this.#dropsRequests) this.#client.resume();
    if (this.#dropsReplies) this.#server?.resume();
  }

  /** Every cutter sees every chunk, so that none misses bytes that lie in two. */
  #momentIn(chunk: Buffer): Cutter | undefined {
    let claimed: Cutter | undefined;
    for (const cutter of this.#link.cutters()) {
      if (!cutter.isArmed || !this.#watchOf(cutter).sees(chunk)) continue;
      if (claimed === undefined && this.#cutter === undefined && cutter.claim(performance.now())) claimed = cutter;
    }
    return claimed;
  }

  #watchOf(cutter: Cutter): MomentWatch {
    const known = this.#watches.get(cutter) ?? cutter.watch();
    this.#watches.set(cutter, known);
    return known;
  }

  #endWait(): void {
    this.#cutter?.missed();
    this.#cutter = undefined;
  }
}
