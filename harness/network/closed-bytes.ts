import type { ByteCounts } from "../model/traffic.ts";

const withinMs = 500;

/**
 * The bytes of the connections of a proxy that are over, by the metrics of a Toxiproxy that was started with
 * `-proxy-metrics`: it adds the bytes of a connection up when that ends, and has none of those that are open.
 * @returns undefined when it does not answer in time
 */
export async function closedBytes(admin: string, proxy: string): Promise<ByteCounts | undefined> {
  try {
    // Not among the admin calls: a server that is slow to count is not one that hangs.
    const reply = await fetch(`${admin}/metrics`, { signal: AbortSignal.timeout(withinMs) });
    return reply.ok ? bytesIn(await reply.text(), proxy) : undefined;
  } catch {
    return undefined;
  }
}

/** @param metrics in the text format of Prometheus; what has no line is 0 */
export function bytesIn(metrics: string, proxy: string): ByteCounts {
  const sum = (metric: string, direction: string): number =>
    metrics
      .split("\n")
      .filter((line) => line.startsWith(`toxiproxy_proxy_${metric}_bytes_total{`))
      .filter((line) => line.includes(`direction="${direction}"`) && line.includes(`proxy="${proxy}"`))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
  return { requestBytes: sum("received", "upstream"), replyBytes: sum("sent", "downstream") };
}
