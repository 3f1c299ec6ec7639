import type { ComponentDefinition } from "../../model/system.ts";
import type { ContainerDriver, Image } from "../../pack/container-driver.ts";
import { containerSettings } from "../kinds/container.ts";

const image = (definition: ComponentDefinition): Image => ({ name: containerSettings(definition).image });

/** A program of the user's, in the image that it comes in. */
export const ownImageContainers: ContainerDriver = {
  kind: "container",
  image,
  farewellMs: 1500,
  recipe({ address, definition, links }) {
    const { command = [], environment = {}, port } = containerSettings(definition);
    return {
      image: image(definition),
      command,
      environment: { ...environment, ...links },
      ports: port === undefined ? [] : [{ inside: port, outside: address.port }],
    };
  },
};
