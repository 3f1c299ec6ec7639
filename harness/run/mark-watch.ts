import { Pool } from "undici";
import type { Address } from "../model/environment.ts";
import type { RunEvent } from "../model/events.ts";
import { beyond, type MetricMark, metricType, metricValues, reaches } from "../model/marks.ts";
import type { MarksAtRest } from "../model/rest.ts";
import { instanceNames, type System } from "../model/system.ts";
import { again } from "./again.ts";

/** A mark is seen this late at most, and the time that an instance takes to answer. */
const everyMs = 250;
const answersWithinMs = 1000;
/** What was not read for so long is unknown: more than two answers that came as late as they may. */
const knownForMs = 3000;

/** A mark of one instance, as it was last read. */
interface Watched {
  readonly instance: string;
  readonly name: string;
  readonly mark: MetricMark;
  isOn: boolean;
  value: number;
  sinceMs: number;
  /** When the metric was last there; undefined before. */
  seenMs: number | undefined;
  /** A counter never falls: that it is above a bound says nothing of now. */
  isForGood: boolean;
}

/** Reads the metrics of all instances that name some, past the proxies, and tells when one reaches a mark or leaves it. */
export class MarkWatch {
  readonly #over = new AbortController();
  readonly #all: Watched[] = [];
  readonly #watches: readonly Promise<void>[];
  readonly #now: () => number;
  readonly #emit: (event: RunEvent) => void;

  constructor(
    system: System,
    direct: Readonly<Record<string, Address>>,
    now: () => number,
    emit: (event: RunEvent) => void,
  ) {
    [this.#now, this.#emit] = [now, emit];
    this.#watches = Object.entries(system.components).flatMap(([name, component]) =>
      instanceNames(name, component).flatMap((instance) => {
        const [address, { metrics }] = [direct[instance], component];
        if (metrics === undefined) return [];
        const own = Object.entries(metrics.marks).map(([mark, bound]) => watched(instance, mark, bound));
        this.#all.push(...own);
        return address === undefined ? [] : [this.#watch(address, metrics.path, own)];
      }),
    );
  }

  /** All marks as they were last read. */
  get marks(): MarksAtRest {
    const atMs = this.#now();
    const all = this.#all.filter((one) => !one.isForGood);
    const isKnown = ({ seenMs }: Watched): boolean => seenMs !== undefined && atMs - seenMs <= knownForMs;
    const known = all.filter(isKnown);
    return {
      read: known.length,
      on: known
        .filter(({ isOn }) => isOn)
        .map(({ instance, name, mark, value, sinceMs }) => {
          const alone = mark.goesOffAlone === true ? { goesOffAlone: true as const } : {};
          return { instance, mark: name, value, sinceMs, beyond: beyond(mark, value), ...alone };
        }),
      unread: all
        .filter((one) => !isKnown(one))
        .map(({ instance, name, mark: { metric }, seenMs }) => {
          return { instance, mark: name, metric, wasRead: seenMs !== undefined };
        }),
    };
  }

  /** Nothing of it is under way any more when this returns. */
  async end(): Promise<void> {
    this.#over.abort();
    await Promise.all(this.#watches);
  }

  async #watch({ host, port }: Address, path: string, own: readonly Watched[]): Promise<void> {
    const { signal } = this.#over;
    const pool = new Pool(`http://${host}:${port}`, { connections: 1 });
    await again(everyMs, signal, async () => {
      // What is not answered, as by one that is dead or silent, says nothing of any mark.
      const text = await read(pool, path, signal).catch(() => undefined);
      if (text !== undefined) for (const one of own) this.#note(one, text);
    });
    await pool.destroy();
  }

  #note(one: Watched, text: string): void {
    const { instance, name, mark } = one;
    const values = metricValues(text, mark.metric);
    const reached = values.find((value) => reaches(mark, value));
    const value = reached ?? values[0];
    const type = metricType(text, mark.metric);
    if (value === undefined && type === undefined) return;
    const atMs = this.#now();
    one.seenMs = atMs;
    one.isForGood = type === "counter" && mark.above !== undefined;
    if (value === undefined) return;
    one.value = value;
    if (one.isOn === (reached !== undefined)) return;
    [one.isOn, one.sinceMs] = [reached !== undefined, atMs];
    this.#emit({ atMs, type: "mark", instance, mark: name, isOn: one.isOn, value });
  }
}

const watched = (instance: string, name: string, mark: MetricMark): Watched => ({
  instance,
  name,
  mark,
  isOn: false,
  value: Number.NaN,
  sinceMs: 0,
  seenMs: undefined,
  isForGood: false,
});

async function read(pool: Pool, path: string, over: AbortSignal): Promise<string | undefined> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), answersWithinMs);
  try {
    const signal = AbortSignal.any([over, late.signal]);
    const { statusCode, body } = await pool.request({ path, method: "GET", signal });
    const text = await body.text();
    return statusCode === 200 ? text : undefined;
  } finally {
    clearTimeout(timer);
  }
}
