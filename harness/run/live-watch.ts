import { Client } from "undici";
import type { Address } from "../model/environment.ts";
import { messageOf } from "../model/errors.ts";
import type { RunEvent } from "../model/events.ts";
import { statedDuration } from "../model/quantities.ts";
import { instanceNames, livePathOf, type System } from "../model/system.ts";
import { again } from "./again.ts";

/** From an answer to the next question. */
const everyMs = 250;
/** The default of orchestrators (`timeoutSeconds` of Kubernetes). */
const answersWithinMs = 1000;
/** A question that ends so much later than its deadline waited for this process, which stood still. */
const ownLatenessMs = 100;

/** What one question came to: a status, or why there was none. */
interface Answer {
  readonly status?: number;
  readonly answer: string;
}

/**
 * Asks the live path of every instance whose component states one, past the proxies, and emits what changes: an
 * orchestrator ends what does not answer 200 there. One connection for each, which is kept while it answers.
 */
export class LiveWatch {
  readonly #over = new AbortController();
  readonly #now: () => number;
  readonly #emit: (event: RunEvent) => void;
  readonly #watches: readonly Promise<void>[];

  constructor(
    system: System,
    direct: Readonly<Record<string, Address>>,
    now: () => number,
    emit: (event: RunEvent) => void,
  ) {
    this.#now = now;
    this.#emit = emit;
    this.#watches = Object.entries(system.components).flatMap(([name, component]) => {
      const path = livePathOf(component);
      const instances = path === undefined ? [] : instanceNames(name, component);
      return instances.flatMap((instance) => {
        const address = direct[instance];
        return address === undefined ? [] : [this.#watch(instance, address, path!)];
      });
    });
  }

  /** Nothing of it is under way any more when this resolves. Twice is harmless. */
  async end(): Promise<void> {
    this.#over.abort();
    await Promise.all(this.#watches);
  }

  async #watch(instance: string, { host, port }: Address, path: string): Promise<void> {
    const { signal } = this.#over;
    const connect = (): Client => new Client(`http://${host}:${port}`, { connect: { timeout: answersWithinMs } });
    let client = connect();
    let last: (RunEvent & { readonly type: "live" }) | undefined;
    await again(everyMs, signal, async () => {
      const askedMs = this.#now();
      const answer = await ask(client, path, signal);
      const atMs = this.#now();
      if (signal.aborted) return;
      if (answer.status === undefined) {
        // What was silent may answer to another question, or another connection, than the one that it has lost.
        await client.destroy();
        client = connect();
      }
      if (atMs - askedMs < answersWithinMs + ownLatenessMs)
        last = this.#noted(last, { instance, askedMs, atMs, ...answer });
    });
    await client.destroy();
  }

  #noted(
    last: (RunEvent & { readonly type: "live" }) | undefined,
    asked: Answer & { readonly instance: string; readonly askedMs: number; readonly atMs: number },
  ): RunEvent & { readonly type: "live" } {
    const isSameKind = last !== undefined && kindOf(last) === kindOf(asked);
    const inARow = isSameKind ? last.inARow + 1 : 1;
    const event = { type: "live", isLive: asked.status === 200, inARow, ...asked } as const;
    const isConfirmed = kindOf(asked) === "refusal" && inARow === 2;
    if (last?.answer !== asked.answer || isConfirmed) this.#emit(event);
    return event;
  }
}

const kindOf = ({ status }: Pick<Answer, "status">): "live" | "refusal" | "silence" =>
  status === undefined ? "silence" : status === 200 ? "live" : "refusal";

/** Never rejects. */
async function ask(client: Client, path: string, over: AbortSignal): Promise<Answer> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), answersWithinMs);
  try {
    const signal = AbortSignal.any([over, late.signal]);
    const { statusCode, body } = await client.request({ path, method: "GET", signal });
    await body.dump({ limit: Number.MAX_SAFE_INTEGER });
    // A body that is broken off is dumped, too.
    late.signal.throwIfAborted();
    return { status: statusCode, answer: String(statusCode) };
  } catch (error) {
    if (late.signal.aborted) return { answer: `no answer within ${statedDuration(answersWithinMs)}` };
    const { code } = error as { readonly code?: string };
    return { answer: code === "ECONNREFUSED" ? "refused" : `no answer: ${messageOf(error)}` };
  } finally {
    clearTimeout(timer);
  }
}
