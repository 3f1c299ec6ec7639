import type { LinkControl } from "../model/capabilities.ts";
import type { RunningSystem } from "../model/environment.ts";
import { statedDuration } from "../model/quantities.ts";
import { clientsName, type Link, linksOf, statedConnections } from "../model/system.ts";
import type { OpenConnections } from "../model/traffic.ts";
import { withDeadline } from "../network/deadline.ts";
import { again } from "./again.ts";
import { ConnectionPeak } from "./connection-peak.ts";
import type { WatchContext } from "./watches.ts";

/** Between two looks. All links of this machine share one, which takes about 6 ms of a processor, a run of `ss` among them. */
const everyMs = 1500;
/** A look that takes longer is none. */
const lookWithinMs = 2000;

interface Watched {
  readonly link: Link;
  readonly control: LinkControl;
  readonly peak: ConnectionPeak;
}

/** Counts the connections that instances have open over their links, and emits when there are more than ever before. */
export class ConnectionsWatch {
  readonly #context: WatchContext;
  readonly #over = new AbortController();
  readonly #links: readonly Watched[];
  readonly #servers: ReadonlyMap<string, ConnectionPeak>;
  readonly #rounds: Promise<void>;

  constructor(context: WatchContext) {
    this.#context = context;
    this.#links = this.#watchedLinks();
    this.#servers = this.#limitedServers();
    const isIdle = this.#links.length === 0;
    this.#rounds = isIdle ? Promise.resolve() : again(everyMs, this.#over.signal, () => this.#look());
  }

  /** Nothing of it is under way any more when this resolves. Twice is harmless. */
  async end(): Promise<void> {
    const isFirst = !this.#over.signal.aborted;
    this.#over.abort();
    await this.#rounds;
    if (!isFirst || this.#links.length === 0) return;
    const atMs = this.#context.now();
    const peaks = [...this.#links.map(({ peak }) => peak), ...this.#servers.values()];
    this.#context.emit({ atMs, type: "connectionsWatched", watched: peaks.map((peak) => peak.watched(atMs)) });
  }

  /** What the load itself opens is Faultline's own. */
  #watchedLinks(): readonly Watched[] {
    const { definition, system, now, emit } = this.#context;
    return linksOf(definition).flatMap((link) => {
      const [control] = link.from.component === clientsName ? [] : system.control("network", link.name);
      const atMost = statedConnections(definition, link);
      const stated = atMost === undefined ? {} : { atMost };
      if (control === undefined) return [];
      return [{ link, control, peak: new ConnectionPeak({ on: link.name, seen: "proxy", ...stated }, now(), emit) }];
    });
  }

  /** Those that say how many connections they take, and not how many they have: the sum over their links is looked at. */
  #limitedServers(): ReadonlyMap<string, ConnectionPeak> {
    const { system, now, emit } = this.#context;
    const servers = new Set(this.#links.map(({ link }) => link.to.instance));
    return new Map(
      [...servers].flatMap((on) => {
        const atMost = mostClients(system, on);
        return atMost === undefined ? [] : [[on, new ConnectionPeak({ on, seen: "proxy", atMost }, now(), emit)]];
      }),
    );
  }

  async #look(): Promise<void> {
    const looks = await Promise.all(this.#links.map(async (one) => ({ ...one, seen: await openOn(one.control) })));
    const sinceStartMs = this.#context.now() - performance.now();
    for (const { peak, seen } of looks) {
      if (seen !== undefined) peak.look(seen.lookedAtMs + sinceStartMs, seen.open);
    }
    for (const [server, peak] of this.#servers) {
      const seen = looks.flatMap((one) => (one.link.to.instance === server ? [one.seen] : []));
      if (!seen.every((one) => one !== undefined)) continue;
      const open = seen.reduce((sum, one) => sum + one.open, 0);
      peak.look(Math.max(...seen.map(({ lookedAtMs }) => lookedAtMs)) + sinceStartMs, open);
    }
  }
}

async function openOn(control: LinkControl): Promise<OpenConnections | undefined> {
  const late = (): Error => new Error(`not done within ${statedDuration(lookWithinMs)}`);
  const look = control.openConnections?.() ?? Promise.resolve(undefined);
  return withDeadline(look, lookWithinMs, late).catch(() => undefined);
}

/** What a Redis takes, as it was when it was ready: a fault may lower it, and then turns clients away on purpose. */
function mostClients(system: RunningSystem, instance: string): number | undefined {
  const [control] = system.control("redis", instance);
  try {
    const clients = Number(control?.original("maxclients"));
    return clients > 0 ? clients : undefined;
  } catch {
    return undefined;
  }
}
