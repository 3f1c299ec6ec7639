import { once } from "node:events";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { LinkControl } from "../model/capabilities.ts";
import type { Address } from "../model/environment.ts";
import { messageOf } from "../model/errors.ts";
import { statedDuration } from "../model/quantities.ts";
import type { RelayControl, RelayState } from "../model/relay.ts";
import { withDeadline } from "./deadline.ts";
import { type ArgsOf, type Call, endOfRelays, type RelayReply, type ValueOf } from "./relay-calls.ts";

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

  /**
   * Closes every connection, and waits until the thread has ended. Twice is harmless. It ends by itself: terminated with
   * connections under way, Node may wait for ever for requests of theirs, and so would the end of its process.
   * @throws Error when it has not ended in 10 s
   */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker === undefined) return;
    const ended = once(worker, "exit");
    worker.ref();
    worker.postMessage(endOfRelays);
    await withDeadline(ended, callMs, () => {
      worker.unref();
      return new Error(`the relays of the links did not end in ${statedDuration(callMs)}`);
    });
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
