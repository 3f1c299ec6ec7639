import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import type { Address } from "../model/environment.ts";
import type { RunEvent } from "../model/events.ts";
import { type MetricsDefinition, metricValues, reaches } from "../model/marks.ts";
import { instanceNames, type System } from "../model/system.ts";

/** A mark is seen this late at most, and the time that an instance takes to answer. */
const everyMs = 250;
const answersWithinMs = 1000;

/** Reads the metrics of all instances that name some, past the proxies, and tells when one reaches a mark or leaves it. */
export class MarkWatch {
  readonly #over = new AbortController();
  readonly #watches: readonly Promise<void>[];

  constructor(
    system: System,
    direct: Readonly<Record<string, Address>>,
    now: () => number,
    emit: (event: RunEvent) => void,
  ) {
    this.#watches = Object.entries(system.components).flatMap(([name, component]) =>
      instanceNames(name, component).flatMap((instance) => {
        const [address, { metrics }] = [direct[instance], component];
        if (address === undefined || metrics === undefined) return [];
        const told = (mark: string, isOn: boolean, value: number): void =>
          emit({ atMs: now(), type: "mark", instance, mark, isOn, value });
        return [this.#watch(address, metrics, told)];
      }),
    );
  }

  /** Nothing of it is under way any more when this returns. */
  async end(): Promise<void> {
    this.#over.abort();
    await Promise.all(this.#watches);
  }

  async #watch(
    { host, port }: Address,
    { path, marks }: MetricsDefinition,
    tell: (mark: string, isOn: boolean, value: number) => void,
  ): Promise<void> {
    const { signal } = this.#over;
    const pool = new Pool(`http://${host}:${port}`, { connections: 1 });
    const on = new Set<string>();
    while (!signal.aborted) {
      // What is not answered, as by one that is dead or silent, says nothing of any mark.
      const text = await read(pool, path, signal).catch(() => undefined);
      for (const [name, mark] of text === undefined ? [] : Object.entries(marks)) {
        const values = metricValues(text!, mark.metric);
        const reached = values.find((value) => reaches(mark, value));
        const [value] = reached === undefined ? values : [reached];
        if (value === undefined || on.has(name) === (reached !== undefined)) continue;
        if (reached === undefined) on.delete(name);
        else on.add(name);
        tell(name, reached !== undefined, value);
      }
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
    await pool.destroy();
  }
}

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
