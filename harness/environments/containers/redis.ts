import type { RedisSettings } from "../../model/system.ts";
import { type ContainerDriver, samePort } from "../../pack/container-driver.ts";

export const redisContainers: ContainerDriver = {
  kind: "redis",
  image: () => "redis",
  keeps: "/data",
  recipe({ address, definition }) {
    const { configuration = {} } = definition.settings as RedisSettings;
    const options = {
      save: "",
      // A server of our own may be told to sleep: `redisBlock` does. We are not local to it.
      "enable-debug-command": "yes",
      // It is published on the loopback interface only.
      "protected-mode": "no",
      ...configuration,
      port: String(address.port),
      bind: "0.0.0.0",
    };
    return {
      image: "redis",
      command: ["redis-server", ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])],
      environment: {},
      ports: [samePort(address.port)],
    };
  },
};
