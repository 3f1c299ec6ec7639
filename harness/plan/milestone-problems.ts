import type { Problem } from "../model/errors.ts";
import type { Milestone } from "../model/milestone.ts";
import { instancesNamed } from "../model/system.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import type { Stage } from "./schedule.ts";

type Inquiry<Kind extends Milestone["kind"]> = (
  milestone: Extract<Milestone, { kind: Kind }>,
  stage: Stage,
  where: string,
) => readonly Problem[];

/** What can be wrong with each kind of milestone, beside its count. */
const inquiries: { readonly [Kind in Milestone["kind"]]: Inquiry<Kind> } = {
  accepted: ({ operations = [] }, stage, where) =>
    operations
      .filter((name) => !stage.operations.includes(name))
      .map((name) => ({
        code: "UNKNOWN_OPERATION",
        where: `${where}.operations`,
        message: `no workload has an operation "${name}"`,
        remedy: didYouMean(name, stage.operations),
      })),
  commits({ component }, { system }, where) {
    const servers = Object.keys(system.components).filter((name) => system.components[name]!.kind === "postgres");
    if (servers.some((name) => instancesNamed(system, name).includes(component))) return [];
    const message = `"${component}" is no Postgres server of ${system.name}`;
    return [
      { code: "UNKNOWN_COMPONENT", where: `${where}.component`, message, remedy: didYouMean(component, servers) },
    ];
  },
};

/** Everything that is wrong with a milestone. */
export function problemsOfMilestone(milestone: Milestone, stage: Stage, where: string): readonly Problem[] {
  if (!Object.hasOwn(inquiries, milestone.kind)) {
    const remedy = didYouMean(String(milestone.kind), Object.keys(inquiries));
    return [{ code: "UNKNOWN_MILESTONE", where, message: `"${milestone.kind}" is no milestone`, remedy }];
  }
  const inquire = inquiries[milestone.kind] as Inquiry<Milestone["kind"]>;
  const problems = [...inquire(milestone, stage, where)];
  if (!(Number.isInteger(milestone.count) && milestone.count > 0)) {
    const remedy = "Give a whole number above 0, as accepted(200).";
    problems.push({ code: "BAD_COUNT", where: `${where}.count`, message: `is ${milestone.count}`, remedy });
  }
  return problems;
}
