import { dirname, relative } from "node:path";
import type { Injection } from "../model/fault.ts";
import { lengthOf } from "../plan/explore.ts";
import type { LoadedScenario } from "./scenarios.ts";

/** Between the last heal and the end of the load: what does not come back within that has not recovered. */
const leastRecoveryMs = 4000;

/** A scenario file that states drawn injections and takes all else from another one; it runs as it is. */
export function scenarioText({
  base,
  file,
  name,
  injections,
}: {
  readonly base: LoadedScenario;
  readonly file: string;
  readonly name: string;
  readonly injections: readonly Injection[];
}): string {
  const { phases } = base.scenario;
  const path = relative(dirname(file), base.path).replaceAll("\\", "/");
  const from = path.startsWith(".") ? path : `./${path}`;
  const faultsMs = injections.length === 0 ? 1000 : lengthOf(injections);
  const rows = injections.map(
    ({ at, lasting, inject }) =>
      `    { at: milliseconds(${Number(at)}), lasting: milliseconds(${lasting}), inject: ${JSON.stringify(inject)} },`,
  );
  return `import { milliseconds, scenario } from "faultline";
import base from ${JSON.stringify(from)};

// Drawn by \`faultline explore\`.
export default scenario({
  ...base,
  name: ${JSON.stringify(`${base.scenario.name} (explored: ${name})`)},
  tags: ["explored"],
  phases: {
    ...base.phases,
    faults: milliseconds(${faultsMs}),
    recovery: milliseconds(${Math.max(leastRecoveryMs, phases.recovery)}),
  },
  faults: [${rows.length === 0 ? "" : `\n${rows.join("\n")}\n  `}],
});
`;
}
