/** What the reference system comes with, as its `seed.ts` and `access/demo-keys.ts` state it. */

/** Whose products the shoppers see. */
export const tenant = "acme";
/** Another one, with products of its own under the same ids. */
export const foreignTenant = "globex";

/** A key of each tenant that may do everything with what is the tenant's. */
export const keepers = {
  acme: "acme.keeper.demo-5d70c1e84f2a4b39",
  globex: "globex.keeper.demo-e4c8b7163fd2405a",
} as const;

const kinds =
  "Kettle Teapot Lamp Chair Table Basket Blanket Candle Clock Mirror " +
  "Bookshelf Cushion Notebook Pencil Backpack Bottle Scarf Umbrella Hammer Lantern";
const makes = "Copper Wooden Woollen Glass Linen Silver Ceramic Bamboo Leather Marble";

/** The tenant's products by name; the one of a workload's key is at that place, and has the id that comes after it. */
export const productNames: readonly string[] = kinds
  .split(" ")
  .flatMap((kind) => makes.split(" ").map((make) => `${make} ${kind}`));

/** Of each product, when nothing was sold yet. */
export const initialStock = 1_000_000;
