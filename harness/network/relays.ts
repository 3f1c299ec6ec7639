import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { LinkControl } from "../model/capabilities.ts";
import type { Address } from "../model/environment.ts";
import { messageOf } from "../model/errors.ts";
import { statedDuration } from "../model/quantities.ts";
import type { CutOrder, RelayControl, RelayState, SilenceOrder } from "../model/relay.ts";
import { withDeadline } from "./deadline.ts";
import type { RelayServer } from "./relay-server.ts";

/** What the thread of the relays is asked to do. */
export type RelayCall = { readonly id: number; readonly link: string } & (
  | { readonly call: "open"; readonly args: readonly [listen: Address, upstream: Address] }
  | { readonly call: "silence"; readonly args: readonly [name: string, order: SilenceOrder] }
  | { readonly call: "cutOn"; readonly args: readonly [name: string, order: CutOrder] }
  | { readonly call: "forget"; readonly args: readonly [name: string] }
  | { readonly call: "stopCutting"; readonly args: readonly [name: string] }
  | { readonly call: "silenceCounts"; readonly args: readonly [name: string] }
  | { readonly call: "cutCounts"; readonly args: readonly [name: string] }
  | { readonly call: "state"; readonly args: readonly [] }
);
type Call = RelayCall["call"];
type ArgsOf<Name extends Call> = Extract<RelayCall, { readonly call: Name }>["args"];
type ValueOf<Name extends Call> = Name extends keyof RelayServer
  ? RelayServer[Name] extends (...args: never[]) => infer Value
    ? Value
    : never
  : undefined;

export interface RelayReply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** A call takes a millisecond, and seconds on a machine that has no processor to spare. */
const callMs = 10_000;

/** The relays of one system, each on a link that it is needed on, in a thread of their own. */
export class Relays {
  readonly #isNeededOn: (link: string) => boolean;
  readonly #waiting = new Map<number, (reply: RelayReply) => void>();
  readonly #lost = Promise.withResolvers<never>();
  readonly #carried = new Set<string>();
  #worker: Worker | undefined;
  #calls = 0;

  /** @param isNeededOn a link by its name: each is another hop, which the others are spared */
  constructor(isNeededOn: (link: string) => boolean) {
    this.#isNeededOn = isNeededOn;
    // Until somebody waits for it, and after, it must not count as unhandled.
    this.#lost.promise.catch(() => undefined);
  }

  /** Rejects when the thread has ended without being asked to; otherwise never settles. */
  get lost(): Promise<never> {
    return this.#lost.promise;
  }

  isNeededOn(link: string): boolean {
    return this.#isNeededOn(link);
  }

  /** Carries what comes to the one address to the other. */
  async open(link: string, listen: Address, upstream: Address): Promise<void> {
    this.#worker ??= this.#start();
    this.#carried.add(link);
    await this.#ask(link, "open", listen, upstream);
  }

  control(link: LinkControl): RelayControl {
    const { name } = link;
    return {
      name,
      probe: (deadlineMs) => link.probe(deadlineMs),
      ...(link.look === undefined ? {} : { look: async () => link.look?.() }),
      silence: (under, order) => this.#ask(name, "silence", under, order),
      forget: (under) => this.#ask(name, "forget", under),
      silenceCounts: (under) => this.#ask(name, "silenceCounts", under),
      cutOn: (under, order) => this.#ask(name, "cutOn", under, order),
      stopCutting: (under) => this.#ask(name, "stopCutting", under),
      cutCounts: (under) => this.#ask(name, "cutCounts", under),
    };
  }

  state(link: string): Promise<RelayState> {
    return this.#ask(link, "state");
  }

  /** Of all links: connections that were forgotten, and that their clients have not given up. */
  async forgotten(): Promise<number> {
    const states = await Promise.all([...this.#carried].map((link) => this.state(link)));
    return states.reduce((sum, { forgotten }) => sum + forgotten, 0);
  }

  /** Closes every connection. Twice is harmless. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #start(): Worker {
    // Beside this file, also where it was built.
    const worker = new Worker(new URL(`./relay-worker${extname(import.meta.url)}`, import.meta.url));
    worker.on("message", (reply: RelayReply) => {
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    });
    let why = "it ended";
    worker.on("error", (error) => {
      why = messageOf(error);
    });
    worker.on("exit", () => {
      if (this.#worker === worker) this.#lost.reject(new Error(`the relays of the links were lost: ${why}`));
    });
    // It must not keep a process alive that has nothing else to do.
    worker.unref();
    return worker;
  }

  async #ask<Name extends Call>(link: string, call: Name, ...args: ArgsOf<Name>): Promise<Awaited<ValueOf<Name>>> {
    const worker = this.#worker;
    if (worker === undefined || !this.#carried.has(link))
      throw new Error(`no relay carries ${link}: a fault that needs one must be known before the system is started`);
    this.#calls += 1;
    const id = this.#calls;
    const answer = new Promise<RelayReply>((resolve) => this.#waiting.set(id, resolve));
    worker.postMessage({ id, link, call, args });
    const late = (): Error => new Error(`the relay of ${link} did not ${call} within ${statedDuration(callMs)}`);
    const { value, error } = await withDeadline(answer, callMs, late).finally(() => this.#waiting.delete(id));
    if (error !== undefined) throw new Error(error);
    return value as Awaited<ValueOf<Name>>;
  }
}
