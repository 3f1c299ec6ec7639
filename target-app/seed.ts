/** What the shop is tried out with: for each of two tenants, 200 products of their own. */

const kinds = [
  "Kettle",
  "Teapot",
  "Lamp",
  "Chair",
  "Table",
  "Basket",
  "Blanket",
  "Candle",
  "Clock",
  "Mirror",
  "Bookshelf",
  "Cushion",
  "Notebook",
  "Pencil",
  "Backpack",
  "Bottle",
  "Scarf",
  "Umbrella",
  "Hammer",
  "Lantern",
] as const;

const tenants = [
  {
    tenant: "acme",
    price: 100,
    makes: ["Copper", "Wooden", "Woollen", "Glass", "Linen", "Silver", "Ceramic", "Bamboo", "Leather", "Marble"],
  },
  {
    tenant: "globex",
    price: 5000,
    makes: ["Golden", "Velvet", "Crystal", "Ebony", "Silken", "Bronze", "Porcelain", "Walnut", "Suede", "Granite"],
  },
] as const;

const values = tenants.flatMap(({ tenant, price, makes }) =>
  kinds.flatMap((kind, row) =>
    makes.map((make, column) => {
      const id = row * makes.length + column + 1;
      return `('${tenant}', ${id}, '${make} ${kind}', ${price + id}, 1000000)`;
    }),
  ),
);

/** Only into an empty shop: what was changed or deleted is not brought back. */
export const seed = `
  INSERT INTO products (tenant, id, name, price_cents, stock)
  SELECT * FROM (VALUES ${values.join(",\n")}) AS fresh
  WHERE NOT EXISTS (SELECT FROM products)
`;
