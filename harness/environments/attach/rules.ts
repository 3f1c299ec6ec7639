import { inspect } from "node:util";
import type { CapabilityName } from "../../model/capabilities.ts";
import type { AttachRules, Lack } from "../../model/environment.ts";
import type { Problem } from "../../model/errors.ts";
import { type ComponentDefinition, clientsName, type LinkDefinition, type System } from "../../model/system.ts";
import { isThisMachine } from "../../safety/foreign-targets.ts";
import { parseAddress } from "./address.ts";
import { attachKinds } from "./kinds.ts";

/** What a plan can know of a system that runs already. */
export const attachRules: AttachRules = {
  lacksOn(system, capability, name) {
    const definition = system.components[name];
    return definition === undefined ? undefined : (lacks[capability] ?? lackOfServer(capability))(definition);
  },
  problems(system) {
    const components = Object.entries(system.components).filter(([, { attached }]) => attached !== undefined);
    return [
      ...components.flatMap(([name, definition]) => problemsOfPlace(name, definition)),
      ...components.flatMap(([name, { kind, settings }]) =>
        (isObject(settings) ? (attachKinds.get(kind)?.problems(settings) ?? []) : []).map(
          ({ setting, remedy }): Problem => {
            const message = `is ${shown(settings[setting])}`;
            return { code: "BAD_SETTING", where: `system.components.${name}.${setting}`, message, remedy };
          },
        ),
      ),
      ...components.flatMap(([name, definition]) => problemsOfLinks(name, definition)),
      ...sharedProxies(system),
    ];
  },
};

/** The link of the clients goes through a proxy of ours, and the others that are told through one of the user's. */
const lacks: { readonly [Name in CapabilityName]?: (definition: ComponentDefinition) => Lack | undefined } = {
  pause: ({ attached }) =>
    attached?.pid === undefined && attached?.pidFile === undefined && attached?.container === undefined
      ? { message: "nobody said which process it is", remedy: "Give its `pid`, a `pidFile`, or its `container`." }
      : undefined,
};

const lackOfServer =
  (capability: CapabilityName) =>
  (definition: ComponentDefinition): Lack | undefined => {
    const control = attachKinds.get(definition.kind)?.control;
    return control?.capability === capability ? control.lack?.(definition) : undefined;
  };

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

/** As a message has what was given, whatever it is. */
const shown = (value: unknown): string => {
  if (value === undefined) return "missing";
  if (value instanceof Promise) return "a promise: `await` is missing";
  return typeof value === "string" ? JSON.stringify(value) : inspect(value, { depth: 1, breakLength: Infinity });
};

const badAddress = (where: string, text: unknown): Problem => {
  const remedy = "Give a host and a port, as 127.0.0.1:6379.";
  return { code: "BAD_ADDRESS", where, message: `is ${shown(text)}`, remedy };
};

function problemsOfPlace(name: string, { attached }: ComponentDefinition): readonly Problem[] {
  const where = `system.components.${name}`;
  const { at, pid, pidFile, container } = attached ?? { at: "" };
  const address = parseAddress(at);
  const problems = address === undefined ? [badAddress(`${where}.at`, at)] : [];
  const bad = (message: string, remedy: string): void => {
    problems.push({ code: "BAD_PID", where: `${where}.pid`, message, remedy });
  };
  if (pid !== undefined && pidFile !== undefined) bad("is given, and a pidFile, too", "Give one of them.");
  const hasProcess = pid !== undefined || pidFile !== undefined;
  if (container !== undefined && (hasProcess || typeof container !== "string" || !/^[\w.-]+$/.test(container))) {
    const message = hasProcess ? "is given, and a process, too" : `is ${shown(container)}`;
    const remedy = "Give one of them: the name of a container, as shop-cache-1.";
    problems.push({ code: "BAD_CONTAINER", where: `${where}.container`, message, remedy });
  }
  if (pid !== undefined && !(Number.isInteger(pid) && pid > 1)) bad(`is ${shown(pid)}`, "Give a number above 1.");
  const isLocal = address === undefined || isThisMachine(address.host);
  if (hasProcess && !isLocal) {
    bad(`is given, but ${at} is not on this machine`, "Leave it out: a process elsewhere can't be paused from here.");
  }
  return problems;
}

function problemsOfLinks(name: string, { links }: ComponentDefinition): readonly Problem[] {
  return Object.entries(links ?? {}).flatMap(([link, given]) => {
    // A plan says of what is not a link at all that it is none.
    const through = (given as LinkDefinition | null | undefined)?.through;
    const where = `system.components.${name}.links.${link}`;
    if (parseAddress(through?.toxiproxy) === undefined) return [badAddress(`${where}.toxiproxy`, through?.toxiproxy)];
    if (typeof through?.proxy === "string" && through.proxy !== "") return [];
    const message = `is ${shown(through?.proxy)}`;
    return [
      { code: "BAD_PROXY", where: `${where}.proxy`, message, remedy: "Give the name of a proxy of that Toxiproxy." },
    ];
  });
}

/** What two links have in common can't be broken for one of them. */
function sharedProxies(system: System): readonly Problem[] {
  const links = Object.entries(system.components).flatMap(([from, { links }]) =>
    Object.values(links ?? {})
      .filter(isObject)
      .filter(({ to, through }) => [to, through?.toxiproxy, through?.proxy].every((one) => typeof one === "string"))
      .map(({ to, through }) => ({ name: `${from}->${to}`, through })),
  );
  const shared = [...Map.groupBy(links, ({ through }) => `${through?.toxiproxy} ${through?.proxy}`).values()];
  return shared.flatMap((group) => {
    const [first, ...others] = [...new Set(group.map(({ name }) => name))];
    if (first === undefined || others.length === 0) return [];
    const message = `${[first, ...others].join(" and ")} go through one proxy, ${group[0]?.through?.proxy}`;
    const remedy = `Give each a proxy of its own, or tell of one of them only; ${clientsName} have one of ours.`;
    return [{ code: "PROXY_SHARED", where: "system", message, remedy }];
  });
}
