import { withoutDeadline } from "./deadline.ts";

/** Callers that ask for the same at the same time share one answer. */
export class SingleFlight<K, T> {
  readonly #flights = new Map<K, Promise<T>>();

  async run(key: K, work: () => Promise<T>): Promise<T> {
    const underWay = this.#flights.get(key);
    if (underWay !== undefined) return underWay;
    const flight = withoutDeadline(work);
    this.#flights.set(key, flight);
    try {
      return await flight;
    } finally {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    }
  }

  /** Who asks from now on gets a new answer: the one under way may have been read before a change. */
  forget(key: K): void {
    this.#flights.delete(key);
  }
}
