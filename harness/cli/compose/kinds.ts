import { type Text, textOf } from "./interpolate.ts";
import type { ComposeService } from "./service.ts";

/** A server that Faultline has a kind for, with the settings that the service's own environment tells. */
export interface Server {
  readonly kind: "postgres" | "redis";
  readonly settings: Readonly<Record<string, Text>>;
  readonly configuration: Readonly<Record<string, Text>>;
}

const servers: Readonly<Record<string, (service: ComposeService) => Server | undefined>> = {
  postgres,
  postgresql: postgres,
  postgis: postgres,
  pgvector: postgres,
  timescaledb: postgres,
  redis,
  valkey: redis,
};

/** @returns undefined for what is a container like any other */
export function componentKind(service: ComposeService): Server | undefined {
  return service.image === undefined ? undefined : servers[imageName(textOf(service.image))]?.(service);
}

/** Where the servers of well-known images listen, when nobody says otherwise. */
const usualPorts: Readonly<Record<string, number>> = {
  "clickhouse-server": 8123,
  elasticsearch: 9200,
  kafka: 9092,
  mariadb: 3306,
  memcached: 11_211,
  minio: 9000,
  mongo: 27_017,
  mysql: 3306,
  nats: 4222,
  nginx: 80,
  opensearch: 9200,
  rabbitmq: 5672,
  redis: 6379,
  valkey: 6379,
};

export const usualPort = ({ image }: ComposeService): number | undefined =>
  image === undefined ? undefined : usualPorts[imageName(textOf(image))];

/** `registry.example/somebody/postgres:16@sha256:…` → `postgres`. */
const imageName = (image: string): string => /(?:^|\/)([^/:@]+)(?:[:@][^/]*)?$/.exec(image)?.[1] ?? image;

/** Without the digest, which tells a reader nothing. */
export const imageWords = (image: string): string => image.replace(/@sha256:.*$/, "");

function postgres({ environment, command = [] }: ComposeService): Server {
  const told = (...names: readonly string[]): Text | undefined =>
    names.map((name) => environment.get(name)?.text).find((text) => text !== undefined && textOf(text) !== "");
  const user = told("POSTGRES_USER", "POSTGRESQL_USERNAME") ?? [{ text: "postgres" }];
  const database = told("POSTGRES_DB", "POSTGRESQL_DATABASE") ?? user;
  const given = command.flatMap((word, index) => {
    const [, name, value] = (textOf(command[index - 1] ?? []) === "-c" && /^(\w+)=(.*)$/s.exec(textOf(word))) || [];
    return name === undefined || value === undefined ? [] : [[name, [{ text: value }]] as const];
  });
  return { kind: "postgres", settings: { database, user }, configuration: Object.fromEntries(given) };
}

/** With a password it is none of ours: a server without one refuses who tells it one. */
function redis({ command = [] }: ComposeService): Server | undefined {
  const words = command.map(textOf);
  const given = words.flatMap((word, index) => {
    const value = words[index + 1];
    return word.startsWith("--") && value !== undefined && !value.startsWith("--")
      ? [[word.slice(2), value] as const]
      : [];
  });
  if (given.some(([name]) => name === "requirepass")) return undefined;
  // Where its data lies is its environment's.
  const kept = given.filter(([name]) => !["port", "bind", "dir", "save", "appendonly"].includes(name));
  const configuration = Object.fromEntries(kept.map(([name, value]) => [name, [{ text: value }]]));
  return { kind: "redis", settings: {}, configuration };
}
