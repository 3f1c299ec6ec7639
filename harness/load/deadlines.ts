import type { Flight } from "./flight.ts";

/**
 * All flights that are not settled, in the order of their deadlines. As many queues as there are different deadlines:
 * operations become due in order, so each queue is sorted without sorting.
 */
export class Deadlines {
  readonly #queues = new Map<number, { flights: Flight[]; head: number }>();

  /** @param deadlineMs from the flight's due time; flights that have it in common share a queue */
  add(flight: Flight, deadlineMs: number): void {
    const queue = this.#queues.get(deadlineMs);
    if (queue === undefined) this.#queues.set(deadlineMs, { flights: [flight], head: 0 });
    else queue.flights.push(flight);
  }

  /** Hands over every flight whose deadline has come. */
  sweep(nowMs: number, expire: (flight: Flight) => void): void {
    for (const queue of this.#queues.values()) {
      for (let flight = queue.flights[queue.head]; flight !== undefined; flight = queue.flights[queue.head]) {
        if (!flight.isSettled && flight.plan.expiresMs > nowMs) break;
        queue.head += 1;
        if (!flight.isSettled) expire(flight);
      }
      if (queue.head < 1024 && queue.head < queue.flights.length) continue;
      queue.flights = queue.flights.slice(queue.head);
      queue.head = 0;
    }
  }

  /** When the next deadline comes; `Infinity` when there is none. */
  nextMs(): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { flights, head } of this.#queues.values()) {
      const first = flights[head];
      if (first !== undefined) nextMs = Math.min(nextMs, first.plan.expiresMs);
    }
    return nextMs;
  }

  /** Everything that is not settled, whatever its deadline. */
  unsettled(): Flight[] {
    return [...this.#queues.values()].flatMap(({ flights, head }) =>
      flights.slice(head).filter((flight) => !flight.isSettled),
    );
  }
}
