import { clientsName } from "../../model/system.ts";
import { type Text, textOf } from "./interpolate.ts";
import { componentKind, imageWords, type Server, usualPort } from "./kinds.ts";
import { portVariableOf, type Reference, referencesOf, withPlace } from "./links.ts";
import type { Composed, ComposeService } from "./service.ts";

/** A component as it will stand in the file. */
export interface DraftComponent {
  readonly name: string;
  readonly service: ComposeService;
  /** A kind that Faultline has a server of its own for; absent for a container. */
  readonly server?: Server;
  readonly port?: number;
  readonly readyPath?: string;
  readonly links: readonly DraftLink[];
  readonly questions: readonly string[];
}

export interface DraftLink {
  readonly variable: string;
  readonly to: string;
  readonly as: Text;
  readonly question?: string;
}

/** A system made of a compose file, and what the file does not tell. */
export interface Draft {
  readonly name: string;
  readonly entry: string;
  readonly components: readonly DraftComponent[];
  readonly questions: readonly string[];
}

/** What is decided of a service before its links are. */
interface Place {
  readonly name: string;
  readonly server?: Server;
  readonly port?: number;
}

/** Decides which components there are, and who is linked to whom. */
export function draftOf({ project, services, leftOut, unset, override }: Composed): Draft {
  const once = new Set(services.flatMap(({ completed }) => completed));
  const lasting = services.filter(({ name }) => !once.has(name));
  const references = new Map(lasting.map((service) => [service.name, referencesOf(service, services)]));
  const names = componentNames(lasting);
  const places = new Map(
    lasting.map((service): [string, Place] => {
      const asked = [...references.values()].flat().filter(({ to }) => to === service);
      const name = names.get(service.name)!;
      const server = componentKind(service);
      const port = server === undefined ? portOf(service, asked) : undefined;
      return [
        service.name,
        { name, ...(server === undefined ? {} : { server }), ...(port === undefined ? {} : { port }) },
      ];
    }),
  );
  const components = lasting.map((service) => componentOf(service, references.get(service.name) ?? [], places));
  return {
    name: project,
    entry: entryOf(components),
    components,
    questions: [
      ...services.filter(({ name }) => once.has(name)).map(({ name }) => onceQuestion(name, services)),
      ...leftOutQuestions(leftOut),
      ...(override === undefined
        ? []
        : [
            `${override} was not read, which \`docker compose up\` adds: \`docker compose config > joined.yaml\` joins them`,
          ]),
      ...unset.map((name) => `${name} is not set, and compose takes nothing for it`),
    ],
  };
}

/** How many there are in a system under test, where a fault must find one, and which must fit on one machine. */
export const instancesOf = ({ instances }: ComposeService): number => Math.min(20, Math.max(1, instances));

const onceQuestion = (name: string, services: readonly ComposeService[]): string => {
  const before = services.filter(({ completed }) => completed.includes(name)).map((one) => one.name);
  return `${name} runs to its end before ${before.join(" and ")} ${before.length === 1 ? "starts" : "start"}, and is no part of the system: who does its work?`;
};

function leftOutQuestions(leftOut: Composed["leftOut"]): readonly string[] {
  const groups = Map.groupBy(leftOut, ({ profiles }) => profiles.join(", "));
  return [...groups].map(([profiles, services]) => {
    const names = services.map(({ name }) => name);
    return `${names.join(", ")} ${names.length === 1 ? "is" : "are"} left out, for the profile ${profiles} (--profile)`;
  });
}

/** Small letters, digits and underscores, each name once. */
function componentNames(services: readonly ComposeService[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>([clientsName]);
  for (const { name } of services) {
    const plain = name
      .toLowerCase()
      .replace(/[^a-z0-9_]+/g, "_")
      .replace(/^(?=[^a-z])/, "c");
    let unique = plain;
    for (let count = 2; taken.has(unique); count += 1) unique = `${plain}_${count}`;
    taken.add(unique);
    names.set(name, unique);
  }
  return names;
}

/** Where others ask for it, or the host does; else where it says that it listens. */
function portOf(service: ComposeService, asked: readonly Reference[]): number | undefined {
  const { published, exposed, health } = service;
  const counted = Map.groupBy(
    asked.flatMap(({ port }) => port ?? []),
    (port) => port,
  );
  const [most] = [...counted].sort(([, one], [, other]) => other.length - one.length);
  const healthy = published.find((port) => port === health?.port);
  return most?.[0] ?? healthy ?? published[0] ?? exposed[0] ?? health?.port ?? usualPort(service);
}

/** What the host has a port of, best of all with a path that tells how it is; nobody links to who is asked by users. */
function entryOf(components: readonly DraftComponent[]): string {
  const asked = new Set(components.flatMap(({ links }) => links.map(({ to }) => to)));
  const worth = ({ name, server, service, port, readyPath }: DraftComponent): number =>
    (server === undefined ? 16 : 0) +
    (service.published.length > 0 ? 8 : 0) +
    (port === undefined ? 0 : 4) +
    (readyPath === undefined ? 0 : 2) +
    (asked.has(name) ? 0 : 1);
  const [best] = [...components].sort((one, other) => worth(other) - worth(one));
  return best?.name ?? "";
}

function componentOf(
  service: ComposeService,
  references: readonly Reference[],
  places: ReadonlyMap<string, Place>,
): DraftComponent {
  const place = places.get(service.name)!;
  const { links, questions } = linksOf(service, references, places);
  const { health } = service;
  const isHere = health !== undefined && place.port !== undefined && (health.port ?? place.port) === place.port;
  const readyPath = place.server === undefined && isHere ? health.path : undefined;
  return {
    ...place,
    service,
    ...(readyPath === undefined ? {} : { readyPath }),
    links,
    questions: [...ownQuestions(service, place, readyPath), ...questions],
  };
}

function ownQuestions(service: ComposeService, place: Place, readyPath: string | undefined): readonly string[] {
  const { image, isBuilt, dropped, published } = service;
  if (place.server !== undefined)
    return [
      `yours is ${image === undefined ? "" : imageWords(textOf(image))}; in its place one is started that Faultline knows`,
    ];
  const others = published.filter((port) => port !== place.port);
  const count = instancesOf(service);
  return [
    ...(count === service.instances
      ? []
      : [`the file says ${service.instances} of it; here there ${count === 1 ? "is" : "are"} ${count}`]),
    ...(isBuilt ? ["its image must be built before: `docker compose build`"] : []),
    ...(dropped.length === 0 ? [] : [`not carried over: ${dropped.join(", ")}`]),
    ...(place.port === undefined ? ["does it listen anywhere? Then it needs a port"] : []),
    ...(place.port !== undefined && readyPath === undefined
      ? ["does a path answer 200 when it can serve? Then say so, as readyPath"]
      : []),
    ...(others.length === 0 ? [] : [`it listens on ${others.join(", ")}, too; a component has one port`]),
    ...componentKindQuestion(service),
  ];
}

/** A Redis with a password is no server of ours. */
const componentKindQuestion = ({ image, command = [] }: ComposeService): readonly string[] =>
  image !== undefined && /(^|\/)(redis|valkey)\b/.test(textOf(image)) && command.length > 0
    ? ["with a password it is no `redis` of Faultline's, and there are no faults of Redis; without one there are"]
    : [];

function linksOf(
  service: ComposeService,
  references: readonly Reference[],
  places: ReadonlyMap<string, Place>,
): { readonly links: readonly DraftLink[]; readonly questions: readonly string[] } {
  const links: DraftLink[] = [];
  const questions: string[] = [];
  for (const [variable, all] of Map.groupBy(references, (one) => one.variable)) {
    const [first] = all as [Reference, ...Reference[]];
    const place = places.get(first.to.name);
    const strange = place?.server === undefined && first.port !== undefined && first.port !== place?.port;
    if (place === undefined) questions.push(`${variable} names ${first.to.name}, which is no component here`);
    else if (place.server === undefined && place.port === undefined)
      questions.push(`${variable} names ${first.to.name}, and nothing says at which port that listens`);
    else if (all.length > 1) questions.push(`${variable} names several: it is left as it is, past the proxies`);
    else if (strange)
      questions.push(`${variable} asks ${first.to.name} at ${first.port}: left as it is, past the proxies`);
    else {
      const [link, ...others] = linkOf(service, first, place.name);
      links.push(...(link === undefined ? [] : [warned(link, first.to)]), ...others);
    }
  }
  const linked = new Set(references.map(({ to }) => to.name));
  const silent = service.dependsOn.filter((name) => !linked.has(name) && places.has(name));
  for (const name of silent)
    questions.push(
      `it depends on ${name}, but no variable says where that is: by its name in the code? Then its link can't be broken`,
    );
  return { links, questions };
}

/** Servers that send their clients from the address that these know to one of their own. */
const advertising =
  /(^|\/)([\w-]*kafka[\w-]*|redpanda|mongo|[\w-]*mongodb[\w-]*|cassandra|scylla|(redis|valkey)-cluster|pulsar[\w-]*)(?=[:@]|$)/;

/** What is most worth to be asked comes first: a fault on such a link may meet nothing. */
function warned(link: DraftLink, { image }: ComposeService): DraftLink {
  if (image === undefined || !advertising.test(textOf(image))) return link;
  const question = `does ${link.to} send its clients to an address of its own? Then they go past this link: let it advertise the proxy's`;
  return { ...link, question: link.question === undefined ? question : `${question}. ${link.question}` };
}

function linkOf(service: ComposeService, reference: Reference, to: string): readonly DraftLink[] {
  const { variable } = reference;
  const text = service.environment.get(variable)?.text ?? [];
  if (!reference.isHostAlone) return [{ variable, to, as: withPlace(text, reference, "{host}:{port}") }];
  const portVariable = portVariableOf(variable);
  if (portVariable === undefined) {
    return [
      { variable, to, as: [{ text: "{host}:{port}" }], question: "does it take a port, too? It named only the host" },
    ];
  }
  const isTold = service.environment.has(portVariable);
  const port: DraftLink = { variable: portVariable, to, as: [{ text: "{port}" }] };
  return [
    { variable, to, as: [{ text: "{host}" }] },
    isTold ? port : { ...port, question: `is there such a variable? ${variable} named only the host` },
  ];
}
