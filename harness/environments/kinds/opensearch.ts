import { httpGet, httpHealth } from "../../network/http-probe.ts";
import { probe } from "../../network/probe.ts";
import type { ComponentKind } from "../../pack/component-kind.ts";

/** 200 when every shard that matters has a place, 408 when that has not come about in time. */
const health = "/_cluster/health?wait_for_status=yellow&timeout=200ms";

/** https://docs.opensearch.org/latest/api-reference/cluster-api/cluster-health/ */
export const openSearchKind: ComponentKind = {
  kind: "opensearch",
  isReady: async ({ address }, deadlineMs) => (await probe(address, httpGet(health), deadlineMs)).answered,
  health: ({ address }, deadlineMs) => httpHealth(address, health, deadlineMs),
  greeting: () => httpGet("/"),
};
