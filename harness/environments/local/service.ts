import { delimiter, dirname } from "node:path";
import type { InstanceContext, Launch, LocalDriver } from "../../pack/local-driver.ts";
import { serviceSettings } from "../kinds/service.ts";
import { faketimeVariables } from "./faketime.ts";

function launch(context: InstanceContext, [command = "", ...args]: readonly string[]): Launch {
  const { environment = {}, portVariable = "PORT", nameVariable } = serviceSettings(context.definition);
  return {
    command,
    args,
    cwd: process.cwd(),
    environment: {
      ...inherited(),
      ...environment,
      ...context.links,
      ...(context.clock === undefined ? {} : faketimeVariables(context.clock.library, context.clock.offsets)),
      // Should its inspector ever be opened, then on a port that nobody else has. Other programs do not mind.
      NODE_OPTIONS: `${environment["NODE_OPTIONS"] ?? ""} --inspect-port=0`.trim(),
      [portVariable]: String(context.address.port),
      ...(nameVariable === undefined ? {} : { [nameVariable]: context.instance }),
    },
  };
}

/** A service sees a clean environment, so that a run does not depend on whose shell it was started from. */
function inherited(): Record<string, string> {
  const kept = ["HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  // `node` in a command is the Node that runs Faultline.
  const path = [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter);
  return { ...Object.fromEntries(kept), PATH: path };
}

export const serviceDriver: LocalDriver = {
  kind: "service",
  farewell: { signal: "SIGTERM", graceMs: 1500 },
  before(context) {
    const { prepare } = serviceSettings(context.definition);
    return prepare === undefined ? undefined : launch(context, prepare);
  },
  prepare: (context) => Promise.resolve(launch(context, serviceSettings(context.definition).command)),
};
