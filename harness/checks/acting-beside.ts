import type { Evidence } from "../model/check.ts";
import { faultTimes } from "./fault-times.ts";

/** More than so many faults explain nothing. */
const titlesAtMost = 2;

/**
 * The faults that acted elsewhere at a moment, as they follow what an instance did then: `, while partition worker->postgres
 * acted`. Where some acted on its own links, those alone; empty where none acted.
 * @param atMs on the run's clock
 */
export function actingBeside(evidence: Evidence, instance: string, atMs: number): string {
  const acting = faultTimes(evidence).filter(
    ({ on, fromMs, healedMs }) => on !== instance && fromMs <= atMs && atMs <= healedMs,
  );
  const own = acting.filter(({ on }) => on.startsWith(`${instance}->`));
  const titles = (own.length > 0 ? own : acting).map(
    ({ injection, on }) => evidence.schedule.find(({ id }) => id === injection)?.title ?? `a fault on ${on}`,
  );
  const all = [...new Set(titles)];
  if (all.length === 0) return "";
  const more = all.length > titlesAtMost ? ` and ${all.length - titlesAtMost} more` : "";
  return `, while ${all.slice(0, titlesAtMost).join(" and ")}${more} acted`;
}
