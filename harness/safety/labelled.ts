import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { askEngine, complaintOf, type EngineAddress, type EngineReply } from "./engine-api.ts";

const callDeadlineMs = 15_000;
const allWithinMs = 60_000;
const pauseMs = 300;
/** How long an engine may fail to answer, and how often at least: one call that took all that time is tried again. */
const patienceMs = 10_000;
const triesAtLeast = 3;

/** What carries labels: where it is listed, what a row of the list is called, and how one of it is removed. */
const sorts = [
  {
    list: "/containers/json?all=1",
    rows: (body: unknown) => rowsOf(body, "Id"),
    removal: (id: string) => `/containers/${id}?force=1&v=1`,
  },
  { list: "/networks?", rows: (body: unknown) => rowsOf(body, "Id"), removal: (id: string) => `/networks/${id}` },
  {
    list: "/volumes?",
    rows: (body: unknown) => rowsOf((body as { Volumes?: unknown } | null)?.Volumes, "Name"),
    removal: (name: string) => `/volumes/${name}?force=1`,
  },
] as const;

interface Row {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Removes every container, network and volume that carries a label, and nothing that does not. What a dead client had
 * asked the engine for may come into being a moment later, so it looks until it has found nothing several times.
 * @param label as `faultline.run=<mark>`
 * @param quietLooks how often it must have found nothing
 * @throws when the engine does not answer, or something can't be removed
 */
export async function removeLabelled(engine: EngineAddress, label: string, quietLooks = 3): Promise<void> {
  partsOf(label);
  const deadline = performance.now() + allWithinMs;
  let quiet = 0;
  let answeredAt = performance.now();
  let failures = 0;
  for (;;) {
    const left = await removeOnce(engine, label).catch((error: unknown) => {
      if (isGone(engine)) return [];
      // One that is ending takes a moment to be gone, and one that is busy answers again.
      failures += 1;
      if (failures >= triesAtLeast && performance.now() - answeredAt > patienceMs) throw error;
      return undefined;
    });
    if (left !== undefined) [answeredAt, failures] = [performance.now(), 0];
    quiet = left?.length === 0 ? quiet + 1 : 0;
    if (quiet >= quietLooks) return;
    if (performance.now() > deadline) throw new Error(`still there: ${left?.join(", ")}`);
    await sleep(pauseMs);
  }
}

/** An engine whose socket's own folder is gone was one for a while, and everything on it went with it. */
const isGone = ({ url }: EngineAddress): boolean =>
  url.startsWith("unix://") && !existsSync(dirname(url.slice("unix://".length)));

/** @returns what was found, and whatever came of its removal */
async function removeOnce(engine: EngineAddress, label: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const sort of sorts) {
    const rows = (await listLabelled(engine, label, sort)).map(({ id }) => id);
    const replies = await Promise.all(rows.map((id) => ask(engine, "DELETE", sort.removal(id))));
    found.push(...rows.map((id, index) => `${id}${refusalOf(replies[index]!)}`));
  }
  return found;
}

/** What an engine says that does not do what it is asked; that it was done before, or is being done, is no refusal. */
function refusalOf(reply: EngineReply): string {
  const isRefused = reply.status >= 400 && reply.status !== 404 && reply.status !== 409;
  return isRefused ? ` (${complaintOf(reply)})` : "";
}

/** How many containers and networks carry a label. */
export async function countLabelled(engine: EngineAddress, label: string): Promise<number> {
  const counts = await Promise.all(sorts.map((sort) => listLabelled(engine, label, sort)));
  return counts.flat().length;
}

async function listLabelled(
  engine: EngineAddress,
  label: string,
  sort: (typeof sorts)[number],
): Promise<readonly Row[]> {
  const [key, value] = partsOf(label);
  const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
  const { status, body } = await ask(engine, "GET", `${sort.list}&filters=${filters}`);
  if (status !== 200) throw new Error(`the engine answered ${status} to ${sort.list}: ${JSON.stringify(body)}`);
  // An engine that does not know the filter lists everything: what is not ours must not be touched for that.
  return sort.rows(body).filter(({ labels }) => labels[key] === value);
}

/** @throws for a label that would fit what is not ours */
function partsOf(label: string): readonly [key: string, value: string] {
  const [, key, value] = /^([^=]+)=(.+)$/.exec(label) ?? [];
  if (key === undefined || value === undefined) throw new Error(`"${label}" is not a label with a value`);
  return [key, value];
}

const ask = (engine: EngineAddress, method: string, path: string): Promise<EngineReply> =>
  askEngine(engine, method, path, callDeadlineMs);

function rowsOf(body: unknown, name: "Id" | "Name"): readonly Row[] {
  if (!Array.isArray(body)) return [];
  return body.map((row: { Id?: string; Name?: string; Labels?: Record<string, string> | null }) => ({
    id: row[name] ?? "",
    labels: row.Labels ?? {},
  }));
}
