import { expect, test } from "vitest";
import { imageSettings } from "./settings.ts";

test("the official images, over them what is configured, over both what the environment says", () => {
  expect(imageSettings({}, {})).toEqual({
    images: {
      opensearch: "opensearchproject/opensearch:3",
      postgres: "postgres:18",
      redis: "redis:8",
      service: "node:24",
      toxiproxy: "ghcr.io/shopify/toxiproxy:2.12.0",
    },
    pull: "missing",
  });
  const configured = {
    images: { redis: "mirror/redis:8", service: "shop:7" },
    pull: "always",
    platform: "linux/arm64",
  };
  const variables = { FAULTLINE_IMAGES: '{"redis":"own/redis"}', FAULTLINE_PULL: "never" };
  expect(imageSettings(configured as never, variables)).toMatchObject({
    images: { postgres: "postgres:18", redis: "own/redis", service: "shop:7" },
    pull: "never",
    platform: "linux/arm64",
  });
});

test.each([
  ["FAULTLINE_IMAGES", "{"],
  ["FAULTLINE_IMAGES", '{"reddis":"own/redis"}'],
  ["FAULTLINE_IMAGES", '["own/redis"]'],
  ["FAULTLINE_PULL", "sometimes"],
])("%s that is %s is refused", (name, value) => {
  expect(() => imageSettings({}, { [name]: value })).toThrow(
    expect.objectContaining({ code: "BAD_VARIABLE", exit: 64 }),
  );
});
