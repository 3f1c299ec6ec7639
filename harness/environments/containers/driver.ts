import type { ImageRole } from "../../model/config.ts";
import type { InstanceFacts } from "../kinds/kind.ts";

/** What a container is made of. */
export interface Recipe {
  readonly image: ImageRole;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** TCP ports, by the same number inside and on this machine's loopback interface. */
  readonly ports: readonly number[];
  /** Whether its first process is one that collects the dead and passes on signals, for programs that are not made to be first. */
  readonly hasInit?: boolean;
  /** A folder of this machine, seen read-only under the same path, from which the command is run. */
  readonly folder?: string;
  /** Whom it asks for names that the engine does not know. */
  readonly nameServers?: readonly string[];
}

/** How components of one kind are started as containers. */
export interface ContainerDriver {
  readonly kind: string;
  /** How long it may take to end when it is asked to at the end of a run; without it, it is removed as it is. */
  readonly farewellMs?: number;
  /** Run once before the first instance of a component starts; to its end. */
  before?(facts: InstanceFacts): Recipe | undefined;
  recipe(facts: InstanceFacts): Recipe;
}
