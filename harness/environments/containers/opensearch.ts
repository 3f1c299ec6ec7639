import type { OpenSearchSettings } from "../../model/system.ts";
import type { ContainerDriver } from "../../pack/container-driver.ts";

/** Where the image listens. */
const port = 9200;

/**
 * One node that is a cluster by itself, as the official image takes it: settings are variables
 * (https://docs.opensearch.org/latest/install-and-configure/install-opensearch/docker/).
 */
export const openSearchContainers: ContainerDriver = {
  kind: "opensearch",
  image: () => "opensearch",
  keeps: "/usr/share/opensearch/data",
  recipe({ address, definition }) {
    const { configuration = {} } = definition.settings as OpenSearchSettings;
    return {
      image: "opensearch",
      command: [],
      environment: {
        "discovery.type": "single-node",
        // Its clients speak plain HTTP through the proxies, and it is published on the loopback interface only.
        DISABLE_SECURITY_PLUGIN: "true",
        DISABLE_INSTALL_DEMO_CONFIG: "true",
        // The default takes a gigabyte, and is compiled for days of work, not for a minute of it.
        OPENSEARCH_JAVA_OPTS: "-Xms512m -Xmx512m -XX:TieredStopAtLevel=1",
        // A disk that is nearly full would make every index read-only, without a fault of ours.
        "cluster.routing.allocation.disk.threshold_enabled": "false",
        ...configuration,
      },
      ports: [{ inside: port, outside: address.port }],
    };
  },
};
