import type { InstanceFacts } from "../../pack/component-kind.ts";
import { type ContainerDriver, type Recipe, samePort } from "../../pack/container-driver.ts";
import { serviceSettings } from "../kinds/service.ts";

function recipe({ definition, links, address, instance }: InstanceFacts, command: readonly string[]): Recipe {
  const { environment = {}, portVariable = "PORT", hostVariable = "HOST", nameVariable } = serviceSettings(definition);
  return {
    image: "service",
    command,
    environment: {
      ...environment,
      ...links,
      [portVariable]: String(address.port),
      // On its own loopback interface nobody would reach it.
      [hostVariable]: "0.0.0.0",
      ...(nameVariable === undefined ? {} : { [nameVariable]: instance }),
    },
    ports: [samePort(address.port)],
    hasInit: true,
    folder: process.cwd(),
  };
}

export const serviceContainers: ContainerDriver = {
  kind: "service",
  image: () => "service",
  farewellMs: 1500,
  before(facts) {
    const { prepare } = serviceSettings(facts.definition);
    return prepare === undefined ? undefined : { ...recipe(facts, prepare), ports: [] };
  },
  recipe: (facts) => recipe(facts, serviceSettings(facts.definition).command),
};
