import {
  type ContainerSettings,
  type ImageRole,
  imageRoles,
  type PullPolicy,
  pullPolicies,
} from "../../model/config.ts";
import { usageError } from "../../model/errors.ts";
import type { Image } from "../../pack/container-driver.ts";

/** Every image, and how the engine gets it. */
export interface ImageSettings {
  readonly images: Readonly<Record<ImageRole, string>>;
  readonly pull: PullPolicy;
  readonly platform?: string;
}

/** What an image is called by the engine. */
export const imageName = ({ images }: ImageSettings, image: Image): string =>
  typeof image === "string" ? images[image] : image.name;

/** The official images. */
const official: Readonly<Record<ImageRole, string>> = {
  opensearch: "opensearchproject/opensearch:3",
  postgres: "postgres:18",
  redis: "redis:8",
  service: "node:24",
  toxiproxy: "ghcr.io/shopify/toxiproxy:2.12.0",
};

/**
 * What the project's configuration says, over the official images; over both what the variables FAULTLINE_IMAGES (JSON)
 * and FAULTLINE_PULL say, by which a machine without a registry names what it has.
 * @throws FaultlineError (64) for variables that say nothing of the kind
 */
export function imageSettings(configured: ContainerSettings = {}, environment = process.env): ImageSettings {
  const { FAULTLINE_IMAGES: images = "", FAULTLINE_PULL: pull = "" } = environment;
  const { platform } = configured;
  return {
    images: { ...official, ...configured.images, ...(images === "" ? {} : imagesIn(images)) },
    pull: pull === "" ? (configured.pull ?? "missing") : pullIn(pull),
    ...(platform === undefined ? {} : { platform }),
  };
}

function imagesIn(text: string): Partial<Record<ImageRole, string>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const isRight =
    typeof value === "object" &&
    value !== null &&
    Object.entries(value).every(([role, name]) => imageRoles.some((one) => one === role) && typeof name === "string");
  if (isRight) return value as Partial<Record<ImageRole, string>>;
  throw usageError({
    code: "BAD_VARIABLE",
    where: "FAULTLINE_IMAGES",
    message: `is ${text}`,
    remedy: `Give a JSON object with names of images for some of ${imageRoles.join(", ")}.`,
  });
}

function pullIn(text: string): PullPolicy {
  const pull = pullPolicies.find((one) => one === text);
  if (pull !== undefined) return pull;
  throw usageError({
    code: "BAD_VARIABLE",
    where: "FAULTLINE_PULL",
    message: `is ${text}`,
    remedy: `Give one of ${pullPolicies.join(", ")}.`,
  });
}
