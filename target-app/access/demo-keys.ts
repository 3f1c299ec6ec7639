/**
 * The keys that the seed data comes with, so that the shop can be tried out: they are as public as this file.
 * A shopper may read and order; a keeper may also change products, handle dead letters and issue keys.
 */
export const demoKeys = {
  acme: { shopper: "acme.shopper.demo-0b1f6ab2c94d4e1f", keeper: "acme.keeper.demo-5d70c1e84f2a4b39" },
  globex: { shopper: "globex.shopper.demo-93ae27d05c6b48f1", keeper: "globex.keeper.demo-e4c8b7163fd2405a" },
} as const;
