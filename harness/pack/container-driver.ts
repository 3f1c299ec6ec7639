import type { ImageRole } from "../model/config.ts";
import type { ComponentDefinition } from "../model/system.ts";
import type { InstanceFacts } from "./component-kind.ts";

/** An image: the one that the settings have for what it is for, or a user's own. */
export type Image = ImageRole | { readonly name: string };

/** Where it listens in its container, and where that is reached. */
export interface PublishedPort {
  readonly inside: number;
  readonly outside: number;
}

/** By the same number on both sides. */
export const samePort = (port: number): PublishedPort => ({ inside: port, outside: port });

/** Where a port of this machine leads to in the container. */
export const containerPort = ({ ports }: Recipe, port: number): number =>
  ports.find(({ outside }) => outside === port)?.inside ?? port;

/** What a container is made of. */
export interface Recipe {
  readonly image: Image;
  /** The image's own when it is empty. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** TCP ports, each by its number inside and by that on this machine's loopback interface. */
  readonly ports: readonly PublishedPort[];
  /** Whether its first process is one that collects the dead and passes on signals, for programs that are not made to be first. */
  readonly hasInit?: boolean;
  /** A folder of this machine, seen read-only under the same path, from which the command is run. */
  readonly folder?: string;
  /** Whether it knows those names only that the engine has at the moment, and is told at once that there is no other. */
  readonly knowsPeersOnly?: boolean;
}

/** How components of one kind are started as containers. */
export interface ContainerDriver {
  readonly kind: string;
  /** What all instances of a component are made from. */
  image(definition: ComponentDefinition): Image;
  /** How long it may take to end when it is asked to at the end of a run; without it, it is removed as it is. */
  readonly farewellMs?: number;
  /** A folder in the container that a new version of it finds as the old one left it. */
  readonly keeps?: string;
  /** Run once before the first instance of a component starts; to its end. */
  before?(facts: InstanceFacts): Recipe | undefined;
  recipe(facts: InstanceFacts): Recipe;
}
