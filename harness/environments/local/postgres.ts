import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { PostgresSettings } from "../../model/system.ts";
import type { LocalDriver } from "../../pack/local-driver.ts";
import { postgresDefaults } from "../kinds/postgres.ts";
import { copyTemplate } from "./postgres-template.ts";

/** No Unix socket: nothing may reach it past its address. */
const defaults = { ...postgresDefaults, unix_socket_directories: "" };

export const postgresDriver: LocalDriver = {
  kind: "postgres",
  // An immediate shutdown: the server collects its own children, and leaves no zombies to a slow init.
  farewell: { signal: "SIGQUIT", graceMs: 1500 },
  async prepare({ address, definition, folder, tools }) {
    const data = join(folder, "data");
    if (!(await hasCluster(data))) {
      await rm(data, { recursive: true, force: true });
      await copyTemplate(tools, data);
    }
    // The processes are known to be gone; a stale lock could name a pid that was given to somebody else.
    await rm(join(data, "postmaster.pid"), { force: true });
    const { configuration = {} } = definition.settings as unknown as PostgresSettings;
    const options = { ...defaults, ...configuration, listen_addresses: address.host, port: String(address.port) };
    return {
      command: join(tools.postgresFolder, "postgres"),
      args: ["-D", data, ...Object.entries(options).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
      environment: { LC_ALL: "C", TZ: "UTC" },
      cwd: data,
      ...(tools.unprivileged === undefined ? {} : { runAs: tools.unprivileged }),
    };
  },
};

async function hasCluster(data: string): Promise<boolean> {
  return stat(join(data, "PG_VERSION")).then(
    () => true,
    () => false,
  );
}
