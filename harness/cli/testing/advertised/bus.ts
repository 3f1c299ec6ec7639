import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunRecord } from "../../../model/run.ts";
import type { LinkTraffic } from "../../../model/traffic.ts";
import { Faultline } from "../faultline.ts";

const programs = fileURLToPath(new URL("./", import.meta.url));

/** Writes a scenario with one fault. @param environment of the web server, see web.mjs @returns its file */
export function scenarioOf(folder: string, fault: string, environment: object, lasting = 2): string {
  const file = join(folder, "broker-cut-off.ts");
  writeFileSync(
    file,
    `
      import { availability, latency, milliseconds, partition, refuse, reset, scenario, seconds, service, system, workload } from "faultline";
      const command = (name) => ["node", ${JSON.stringify(programs)} + name];
      export default scenario({
        name: "the broker is cut off", expects: "",
        system: system({
          name: "bus",
          entry: "web",
          components: {
            broker: service({ command: command("broker.mjs"), readyPath: "/" }),
            web: service({
              command: command("web.mjs"), readyPath: "/", environment: ${JSON.stringify(environment)},
              links: { BROKER_URL: { to: "broker", as: "http://{host}:{port}" } },
            }),
          },
        }),
        workload: workload({
          name: "people", perSecond: 50, keys: 1, sessions: 5,
          operations: {
            look: {
              weight: 1, effect: "read", deadline: seconds(1),
              request: () => ({ method: "GET", path: "/" }),
              judge: ({ status }) => ({ outcome: status === 200 ? "ok" : "rejected" }),
            },
          },
        }),
        phases: { warmUp: seconds(0.5), steady: seconds(2), faults: seconds(3), recovery: seconds(1) },
        faults: [{ at: seconds(0.6), lasting: seconds(${lasting}), inject: ${fault} }],
        checks: [availability({ atLeast: 0.01 })],
      });`,
  );
  return file;
}

/** Runs it. @returns its record, and what its receipt says went over the link */
export async function ran(
  folder: string,
  fault: string,
  environment: object,
): Promise<RunRecord & { readonly traffic: LinkTraffic | undefined }> {
  const args = ["run", scenarioOf(folder, fault, environment), "--seed", "7", "-o", folder];
  const faultline = new Faultline(args, { output: folder });
  await faultline.ended();
  const receipt = faultline.events().find((event) => event.type === "receipt")?.receipt;
  const record: RunRecord = JSON.parse(readFileSync(join(faultline.runFolder, "run.json"), "utf8"));
  return { ...record, traffic: receipt?.traffic };
}
