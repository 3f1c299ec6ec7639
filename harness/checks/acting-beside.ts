import type { Evidence } from "../model/check.ts";

/** More than so many faults explain nothing. */
const titlesAtMost = 2;

/**
 * The faults that acted elsewhere at a moment, as they follow what an instance did then: `, while partition worker->postgres
 * acted`. Where some acted on its own links, those alone; empty where none acted.
 * @param atMs on the run's clock
 */
export function actingBeside({ receipts, schedule }: Evidence, instance: string, atMs: number): string {
  const acting = receipts.filter(
    ({ on, requestedMs, provenMs, healProvenMs }) =>
      on !== instance &&
      Number.isFinite(provenMs) &&
      requestedMs <= atMs &&
      !(Number.isFinite(healProvenMs) && healProvenMs! < atMs),
  );
  const own = acting.filter(({ on }) => on.startsWith(`${instance}->`));
  const titles = (own.length > 0 ? own : acting).map(
    ({ injection, on }) => schedule.find(({ id }) => id === injection)?.title ?? `a fault on ${on}`,
  );
  const [...all] = new Set(titles);
  if (all.length === 0) return "";
  const more = all.length > titlesAtMost ? ` and ${all.length - titlesAtMost} more` : "";
  return `, while ${all.slice(0, titlesAtMost).join(" and ")}${more} acted`;
}
