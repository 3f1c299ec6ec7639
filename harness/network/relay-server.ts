import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { Address } from "../model/environment.ts";
import type { CutCounts, CutOrder, RelayState, SilenceCounts, SilenceOrder } from "../model/relay.ts";
import { Cutter } from "./cutter.ts";
import { RelayedConnection } from "./relayed-connection.ts";

/**
 * Carries the connections of one link between its proxy and its component, byte by byte as they come, and can do what
 * Toxiproxy cannot: forget connections while new ones work, and cut one at a moment that its bytes show.
 */
export class RelayServer {
  readonly #upstream: Address;
  readonly #server: Server;
  readonly #open = new Set<RelayedConnection>();
  readonly #silences = new Map<string, Silence>();
  readonly #cutters = new Map<string, Cutter>();

  constructor(upstream: Address) {
    this.#upstream = upstream;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#take(client));
  }

  async listen({ host, port }: Address): Promise<void> {
    this.#server.listen({ host, port, exclusive: true });
    await once(this.#server, "listening");
    // What fails later, as the accepting of one connection for want of a descriptor, must not end the others.
    this.#server.on("error", () => undefined);
  }

  /** No byte goes through any more that way, and no connection comes to be; does nothing when it is silent under this name. */
  silence(name: string, order: SilenceOrder): void {
    if (this.#silences.get(name)?.isActive === true) return;
    const silence = new Silence(order);
    this.#silences.set(name, silence);
    for (const connection of this.#open) if (connection.isOpen) silence.begin(connection, "before");
  }

  /** Lets new connections work; those that are silent stay so for good. Does nothing when it is not silent. */
  forget(name: string): void {
    this.#silences.get(name)?.forget();
  }

  /** Cuts connections whenever their bytes show the moment; does nothing when it does so under this name. */
  cutOn(name: string, order: CutOrder): void {
    if (this.#cutters.get(name)?.isArmed !== true) this.#cutters.set(name, new Cutter(order));
  }

  stopCutting(name: string): void {
    this.#cutters.get(name)?.disarm();
  }

  /** Undefined when there never was a silence of that name. */
  silenceCounts(name: string): SilenceCounts | undefined {
    return this.#silences.get(name)?.counts();
  }

  /** Undefined when nothing was to be cut under that name. */
  cutCounts(name: string): CutCounts | undefined {
    return this.#cutters.get(name)?.counts();
  }

  state(): RelayState {
    const active = [...this.#silences].flatMap(([name, { isActive }]) => (isActive ? [name] : []));
    const armed = [...this.#cutters].flatMap(([name, { isArmed }]) => (isArmed ? [name] : []));
    const forgotten = [...this.#open].filter((connection) => connection.isOpen && connection.isForgotten).length;
    return { silences: active, cuts: armed, forgotten };
  }

  close(): void {
    this.#server.close();
    for (const connection of this.#open) connection.destroy();
  }

  #take(client: Socket): void {
    const connection = new RelayedConnection(client, this.#upstream, {
      cutters: () => this.#cutters.values(),
      closed: () => this.#open.delete(connection),
    });
    this.#open.add(connection);
    for (const silence of this.#silences.values()) if (silence.isActive) silence.begin(connection, "during");
    connection.begin();
  }
}

/** One silence, and what became of the connections that it met. */
class Silence {
  isActive = true;
  readonly #order: SilenceOrder;
  readonly #met: RelayedConnection[] = [];
  #before = 0;
  #forgotten: readonly RelayedConnection[] | undefined;

  constructor(order: SilenceOrder) {
    this.#order = order;
  }

  /** Drawn for each connection, as Toxiproxy draws for its toxics. */
  begin(connection: RelayedConnection, when: "before" | "during"): void {
    if (Math.random() >= this.#order.share) return;
    connection.silence(this.#order.direction);
    this.#met.push(connection);
    if (when === "before") this.#before += 1;
  }

  forget(): void {
    if (!this.isActive) return;
    this.isActive = false;
    this.#forgotten = this.#met.filter((connection) => connection.isOpen);
    for (const connection of this.#forgotten) connection.forget();
  }

  counts(): SilenceCounts {
    return {
      isActive: this.isActive,
      silenced: this.#before,
      forgotten: this.#forgotten?.length ?? 0,
      stillOpen: this.#forgotten?.filter((connection) => connection.isOpen).length ?? 0,
      droppedBytes: this.#met.reduce((sum, { droppedBytes }) => sum + droppedBytes, 0),
    };
  }
}
