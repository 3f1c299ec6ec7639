import type { z } from "zod";
import type { Problem } from "../model/errors.ts";
import type { ComponentDefinition } from "../model/system.ts";
import { problemsAs, shown } from "../schema/problems.ts";
import { attachedSettings, componentSchema, startedSettings } from "../schema/system.ts";

/** What is wrong with the fields of a component, its settings among them; `where` is the component's place. */
export function problemsOfFields(component: ComponentDefinition, where: string): readonly Problem[] {
  const itself = problemsAs(componentSchema, component, {
    where,
    code: "BAD_COMPONENT",
    unknownCode: "UNKNOWN_SETTING",
  });
  return [...itself, ...problemsOfSettings(component, where), ...problemsElsewhere(component, where)];
}

function problemsOfSettings(component: ComponentDefinition, where: string): readonly Problem[] {
  const schemas: Readonly<Record<string, z.ZodType>> =
    component.attached === undefined ? startedSettings : attachedSettings;
  const isKnown = typeof component.kind === "string" && Object.hasOwn(schemas, component.kind);
  const schema = isKnown ? schemas[component.kind] : undefined;
  // That they are not an object at all is said of the component.
  if (schema === undefined || typeof component.settings !== "object" || component.settings === null) return [];
  const as = { where, code: "BAD_SETTING", unknownCode: "UNKNOWN_SETTING" } as const;
  return problemsAs(schema, component.settings, as);
}

/** What stands in its place in other environments is wrong there, and is found here. */
function problemsElsewhere({ otherwiseIn }: ComponentDefinition, where: string): readonly Problem[] {
  if (typeof otherwiseIn !== "object" || otherwiseIn === null) return [];
  return Object.entries(otherwiseIn as Readonly<Record<string, ComponentDefinition | null | undefined>>).flatMap(
    ([environment, other]) => {
      // In its own environment the other one is the outer one.
      const at = environment === "otherwise" ? where : `${where}.${environment}`;
      if (typeof other === "object" && other !== null) return problemsOfFields(other, at);
      const remedy = "Give a component, as redis().";
      return [{ code: "BAD_COMPONENT", where: at, message: `is ${shown(other)}`, remedy }];
    },
  );
}

/** What is wrong with a container that the load or another component is to reach. */
export function problemsOfReach({ kind, settings }: ComponentDefinition, where: string): readonly Problem[] {
  if (kind !== "container" || settings?.["port"] !== undefined) return [];
  const remedy = "Say where it listens inside the container, as port: 8080.";
  return [{ code: "NO_PORT", where: `${where}.port`, message: "is missing: other components connect to it", remedy }];
}
