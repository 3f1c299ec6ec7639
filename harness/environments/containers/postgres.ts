import type { PostgresSettings } from "../../model/system.ts";
import { type ContainerDriver, samePort } from "../../pack/container-driver.ts";
import { postgresDefaults } from "../kinds/postgres.ts";
import { superuser } from "../kinds/postgres-control.ts";

export const postgresContainers: ContainerDriver = {
  kind: "postgres",
  image: () => "postgres",
  keeps: "/var/lib/postgresql",
  recipe({ address, definition }) {
    const { configuration = {} } = definition.settings as unknown as PostgresSettings;
    const options = { ...postgresDefaults, ...configuration, port: String(address.port) };
    return {
      image: "postgres",
      command: ["postgres", ...Object.entries(options).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
      environment: { POSTGRES_USER: superuser, POSTGRES_DB: "postgres", POSTGRES_HOST_AUTH_METHOD: "trust", TZ: "UTC" },
      ports: [samePort(address.port)],
    };
  },
};
