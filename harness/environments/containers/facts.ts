import type { Environment } from "../../model/environment.ts";
import { kinds } from "../kinds/kinds.ts";

/** What planning needs to know, apart from what starts anything: most commands never do, and have their words sooner. */
export const containersFacts: Pick<Environment, "name" | "capabilities" | "lacks" | "kinds"> = {
  name: "containers",
  capabilities: ["network", "pause", "process", "nic", "rollout", "limits", "redis", "postgres"],
  lacks: {},
  kinds: [...kinds.keys()],
};
