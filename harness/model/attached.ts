import type { Attachment, ComponentDefinition, LinkDefinition, ProxyReference } from "./system.ts";

/** A server that speaks HTTP/1.1. */
export interface AttachedHttp extends Attachment {
  readonly kind: "http";
  /** The path that answers 200 when it can serve. */
  readonly readyPath: string;
  /** The path that answers 200 when it is alive, whatever its dependencies do; probes use it. Default `readyPath`. */
  readonly livePath?: string;
}

/** A Redis server; the log-in is for faults of Redis, and must be allowed to do what they do. */
export interface AttachedRedis extends Attachment {
  readonly kind: "redis";
  readonly user?: string;
  readonly password?: string;
}

/** A Postgres server. */
export interface AttachedPostgres extends Attachment {
  readonly kind: "postgres";
  /** The database and the role of the application. */
  readonly database: string;
  readonly user: string;
  readonly password?: string;
  /** A superuser, for the faults of Postgres; without it there are none. */
  readonly admin?: { readonly user: string; readonly password?: string };
}

export type AttachedSettings = AttachedHttp | AttachedRedis | AttachedPostgres;

/** A link of a system that runs already, and the proxy that carries it. */
export interface AttachedLink<To extends string = string> extends ProxyReference {
  readonly to: To;
  /** How many connections the component keeps over it at most; `poolsHold` judges by it. */
  readonly connections?: number;
}

/**
 * A component that runs already, for `--env attach`: it is neither started nor ended.
 * @param settings.links the links that go through a Toxiproxy of yours; others can't be broken, and need not be told
 */
export function attached<const Links extends Readonly<Record<string, AttachedLink>> = Record<never, never>>(
  settings: AttachedSettings & { links?: Links },
): ComponentDefinition<Links[keyof Links]["to"]> {
  // What is not an object goes along, so that a plan can say where it stands.
  if (typeof settings !== "object" || settings === null) return { kind: "http", attached: { at: "?" }, settings };
  const { kind, at, pid, pidFile, container, links, ...rest } = settings;
  return {
    kind,
    attached: {
      at,
      ...(pid === undefined ? {} : { pid }),
      ...(pidFile === undefined ? {} : { pidFile }),
      ...(container === undefined ? {} : { container }),
    },
    settings: rest,
    ...(links === undefined ? {} : { links: linksThrough(links) }),
  };
}

function linksThrough<To extends string>(links: Readonly<Record<string, AttachedLink<To>>>) {
  if (Object.prototype.toString.call(links) !== "[object Object]") return links as never;
  const through = ({ to, toxiproxy, proxy, connections }: AttachedLink<To>): LinkDefinition<To> => ({
    to,
    ...(connections === undefined ? {} : { connections }),
    // The component knows its addresses: nobody tells it any.
    as: "{host}:{port}",
    through: { toxiproxy, proxy },
  });
  const isLink = (link: unknown): boolean => typeof link === "object" && link !== null;
  return Object.fromEntries(
    Object.entries(links).map(([name, link]) => [name, isLink(link) ? through(link) : (link as never)]),
  );
}
