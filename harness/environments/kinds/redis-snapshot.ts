import type { RedisControl } from "../../model/capabilities.ts";

/** A server's settings, its users' rules, and whether it is a master. */
export async function redisSnapshot(redis: Pick<RedisControl, "admin">): Promise<Record<string, string>> {
  const [settings, users, role] = await Promise.all([
    redis.admin("CONFIG", "GET", "*"),
    redis.admin("ACL", "LIST"),
    redis.admin("ROLE"),
  ]);
  const pairs = settings as readonly string[];
  const names = pairs.filter((_, index) => index % 2 === 0);
  return Object.fromEntries([
    ...names.map((name, index) => [name, pairs[2 * index + 1] ?? ""]),
    ...(users as readonly string[]).map((line) => [line.split(" ").slice(0, 2).join(" "), line]),
    ["role", String((role as readonly unknown[])[0])],
  ]);
}
