/** The strikes of a run, by what they are on: so that a heal which another strike got in the way of is known as one. */
export class Strikes {
  readonly #begun: { readonly on: string; readonly atMs: number; readonly over: Promise<void> }[] = [];

  /** @returns what is to be called when it is healed, or given up */
  begin(on: string, atMs: number): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#begun.push({ on, atMs, over: promise });
    return resolve;
  }

  /** @returns what resolves when all have ended that began after that time; undefined when none did */
  after(on: string, atMs: number): Promise<unknown> | undefined {
    const later = this.#begun.filter((one) => one.on === on && one.atMs > atMs);
    return later.length === 0 ? undefined : Promise.all(later.map(({ over }) => over));
  }
}
