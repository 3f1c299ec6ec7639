import type { Problem } from "../model/errors.ts";
import type { ComponentDefinition } from "../model/system.ts";
import { problemsAs } from "../schema/problems.ts";
import { attachedSettings, componentSchema, startedSettings } from "../schema/system.ts";

/** What is wrong with the fields of a component, its settings among them; `where` is the component's place. */
export function problemsOfFields(component: ComponentDefinition, where: string): readonly Problem[] {
  const itself = problemsAs(componentSchema, component, {
    where,
    code: "BAD_COMPONENT",
    unknownCode: "UNKNOWN_SETTING",
  });
  const schemas = component.attached === undefined ? startedSettings : attachedSettings;
  const schema = Object.hasOwn(schemas, component.kind) ? schemas[component.kind] : undefined;
  if (schema === undefined) return itself;
  const as = { where, code: "BAD_SETTING", unknownCode: "UNKNOWN_SETTING" };
  return [...itself, ...problemsAs(schema, component.settings, as)];
}

/** What is wrong with a container that the load or another component is to reach. */
export function problemsOfReach({ kind, settings }: ComponentDefinition, where: string): readonly Problem[] {
  if (kind !== "container" || settings["port"] !== undefined) return [];
  const remedy = "Say where it listens inside the container, as port: 8080.";
  return [{ code: "NO_PORT", where: `${where}.port`, message: "is missing: other components connect to it", remedy }];
}
