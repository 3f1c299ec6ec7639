import type { Environment } from "../../model/environment.ts";
import { kinds } from "../kinds/kinds.ts";

/** What planning needs to know, apart from what starts anything: most commands never do, and have their words sooner. */
export const containersFacts: Pick<Environment, "name" | "capabilities" | "lacks" | "kinds"> = {
  name: "containers",
  capabilities: ["network", "relay", "pause", "process", "nic", "rollout", "limits", "redis", "postgres"],
  lacks: {
    relay:
      "Run it with `--env local`: the relay is in Faultline's own process, where the proxies' container does not reach it.",
  },
  kinds: [...kinds.keys()],
};
