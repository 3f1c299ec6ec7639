import type { Problem } from "../model/errors.ts";
import type { Milestone } from "../model/milestone.ts";
import { instancesNamed } from "../model/system.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import { milestoneSchema, milestoneSchemas } from "../schema/milestone.ts";
import { problemsAs } from "../schema/problems.ts";
import type { Stage } from "./schedule.ts";

type Inquiry<Kind extends Milestone["kind"]> = (
  milestone: Extract<Milestone, { kind: Kind }>,
  stage: Stage,
  where: string,
) => readonly Problem[];

/** What can be wrong with each kind of milestone, beside its fields. */
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
    const servers = Object.keys(system.components).filter((name) => system.components[name]?.kind === "postgres");
    if (servers.some((name) => instancesNamed(system, name).includes(component))) return [];
    const message = `"${component}" is not a Postgres server of ${system.name}`;
    return [
      { code: "UNKNOWN_COMPONENT", where: `${where}.component`, message, remedy: didYouMean(component, servers) },
    ];
  },
};

/** What is wrong with the fields of a milestone. */
export function problemsOfMilestoneFields(given: unknown, where: string): readonly Problem[] {
  const kind: unknown = (given as Partial<Milestone> | null)?.kind;
  if (typeof kind !== "string") return problemsAs(milestoneSchema, given, { where, code: "UNKNOWN_MILESTONE" });
  if (!Object.hasOwn(milestoneSchemas, kind)) {
    const remedy = didYouMean(kind, Object.keys(milestoneSchemas));
    return [{ code: "UNKNOWN_MILESTONE", where, message: `"${kind}" is not a milestone`, remedy }];
  }
  return problemsAs(milestoneSchemas[kind as Milestone["kind"]], given, { where, code: "BAD_MILESTONE" });
}

/** What is wrong with where a milestone is looked for, of one whose fields are right. */
export function problemsOfMilestone(milestone: Milestone, stage: Stage, where: string): readonly Problem[] {
  const inquire = inquiries[milestone.kind] as Inquiry<Milestone["kind"]>;
  return inquire(milestone, stage, where);
}
