import type { Address } from "../model/environment.ts";
import type { ForeignTraffic } from "../model/foreign-traffic.ts";
import { startFlood, type Traffic } from "./flood.ts";
import { startTrickle } from "./trickle.ts";

/** Foreign traffic to one address, each under a name of its own. */
export function foreignTraffic(address: Address): ForeignTraffic {
  const under = new Map<string, Traffic>();
  const once = (name: string, start: () => Traffic): void => {
    if (!under.has(name)) under.set(name, start());
  };
  return {
    flood: (name, request, connections) => once(name, () => startFlood(address, request, connections)),
    trickle: (name, connections) => once(name, () => startTrickle(address, connections)),
    async stop(name) {
      await under.get(name)?.stop();
      under.delete(name);
    },
    counts: (name) => under.get(name)?.counts(),
  };
}
