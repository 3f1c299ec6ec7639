import { capabilityKinds, capabilityTargets } from "../model/capabilities.ts";
import type { FaultKind } from "../model/fault.ts";
import type { Json } from "../model/units.ts";

/** A target such as a fault of this kind may have, in a system like the reference system. */
export function exampleTarget({ needs }: Pick<FaultKind, "needs">): string {
  if (capabilityTargets[needs] === "link") return "api->cache";
  const kinds = capabilityKinds[needs];
  if (kinds === undefined) return "api";
  return kinds.includes("redis") ? "cache" : (kinds[0] ?? "api");
}

/** How a scenario states it, as `latency("api->cache", { latency: milliseconds(100) })`. */
export function exampleCall(kind: FaultKind): string {
  const options = Object.entries(kind.example).map(([name, value]) => option(name, value));
  const rest = options.length === 0 ? "" : `, { ${options.join(", ")} }`;
  return `${kind.kind}(${JSON.stringify(exampleTarget(kind))}${rest})`;
}

/** A parameter carries its unit in its name; the option that it is made from carries it in its type. */
function option(name: string, value: Json): string {
  const duration = /^(.+)Ms$/.exec(name)?.[1];
  return duration === undefined ? `${name}: ${JSON.stringify(value)}` : `${duration}: milliseconds(${String(value)})`;
}
