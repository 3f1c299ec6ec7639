import { expect, it } from "vitest";
import { createLog } from "../../platform/log.ts";
import { eventually } from "../../testing/processes.ts";
import { rebuildIndex } from "../rebuild.ts";
import type { ProductDocument, SearchIndex } from "../search-index.ts";

let lastTenant = 0;

/** A tenant for each test: none sees the documents of another, which is a law of the index, too. */
export function freshTenant(): string {
  lastTenant += 1;
  return `tenant-${lastTenant}`;
}

export function documentOf(
  tenant: string,
  id: number,
  name: string,
  rest: Partial<ProductDocument> = {},
): ProductDocument {
  return { tenant, id, version: 1, name, note: "", priceCents: 100 + id, ...rest };
}

/** The law of every index: what it must do, whatever it is made of. */
export function searchCases(open: () => SearchIndex): void {
  const find = (tenant: string, text: string, page = { limit: 20, offset: 0 }) =>
    open().search({ tenant, text, ...page });
  const idsOf = async (tenant: string, text: string) => (await find(tenant, text)).hits.map(({ id }) => id);
  const fill = async (...documents: readonly ProductDocument[]) => {
    for (const document of documents) expect(await open().put(document)).toBe("applied");
  };
  /** A put is found a moment after it. */
  const untilFound = (tenant: string, text: string, ids: readonly number[]) =>
    eventually(
      async () => {
        const found = await idsOf(tenant, text);
        if (JSON.stringify(found) !== JSON.stringify(ids)) throw new Error(`${text}: ${found.join(", ")}`);
        return true;
      },
      { what: `${text} finding ${ids.join(", ")}` },
    );

  it("gives what was put, by a word of its name", async () => {
    const tenant = freshTenant();
    const kettle = documentOf(tenant, 1, "Copper Kettle", { note: "polished", version: 7 });
    await fill(kettle, documentOf(tenant, 2, "Wooden Chair"));
    await untilFound(tenant, "kettle", [1]);
    const { tenant: _tenant, ...hit } = kettle;
    expect(await find(tenant, "KETTLE")).toEqual({ total: 1, hits: [hit] });
    expect(await idsOf(tenant, "copper kettle")).toEqual([1]);
    expect(await idsOf(tenant, "polished")).toEqual([1]);
  });

  it("takes the plural and the singular for the same word", async () => {
    const tenant = freshTenant();
    await fill(documentOf(tenant, 1, "Glass Candles"), documentOf(tenant, 2, "Linen Basket"));
    await untilFound(tenant, "candle", [1]);
    expect(await idsOf(tenant, "baskets")).toEqual([2]);
  });

  it("forgives a spelling mistake in a word, and only where nothing matches as it is typed", async () => {
    const tenant = freshTenant();
    await fill(
      documentOf(tenant, 1, "Silver Lantern"),
      documentOf(tenant, 2, "Silver Kettle"),
      documentOf(tenant, 3, "Kettel Drum"),
    );
    await untilFound(tenant, "lantern", [1]);
    expect(await idsOf(tenant, "lantren")).toEqual([1]);
    expect(await idsOf(tenant, "silver lantenr")).toEqual([1]);
    await untilFound(tenant, "kettel", [3]);
    expect(await idsOf(tenant, "kettle")).toEqual([2]);
  });

  it("finds nothing by stop words alone, by nothing, and by what is not there", async () => {
    const tenant = freshTenant();
    await fill(documentOf(tenant, 1, "The Art of the Table"));
    await untilFound(tenant, "art table", [1]);
    expect(await idsOf(tenant, "the art of a table")).toEqual([1]);
    for (const text of ["the of a", "", "   ", "zyxwvut", "?!"]) {
      expect(await find(tenant, text)).toEqual({ total: 0, hits: [] });
    }
  });

  it("finds a token of a note and no token like it", async () => {
    const tenant = freshTenant();
    const tokens = ["k3f9a-1234", "k3f9a-1235", "k3f9a-12", "1234-k3f9a"];
    await fill(...tokens.map((note, index) => documentOf(tenant, index + 1, "Bamboo Mirror", { note })));
    for (const [index, token] of tokens.entries()) await untilFound(tenant, token, [index + 1]);
  });

  it("ranks a name before a note", async () => {
    const tenant = freshTenant();
    await fill(
      documentOf(tenant, 1, "Marble Clock", { note: "goes well with a lamp" }),
      documentOf(tenant, 2, "Marble Lamp"),
    );
    await untilFound(tenant, "lamp", [2, 1]);
  });

  it("lets no older version replace a newer one, and takes the same one again", async () => {
    const tenant = freshTenant();
    await fill(documentOf(tenant, 1, "New Umbrella", { version: 5 }));
    expect(await open().put(documentOf(tenant, 1, "Old Umbrella", { version: 4 }))).toBe("outdated");
    expect(await open().put(documentOf(tenant, 1, "New Umbrella", { version: 5 }))).toBe("applied");
    await untilFound(tenant, "umbrella", [1]);
    expect((await find(tenant, "umbrella")).hits[0]).toMatchObject({ name: "New Umbrella", version: 5 });
    expect(await open().put(documentOf(tenant, 1, "Newest Parasol", { version: 6 }))).toBe("applied");
    await untilFound(tenant, "parasol", [1]);
    expect(await find(tenant, "umbrella")).toMatchObject({ total: 0 });
  });

  it("keeps a removed product removed when an older change comes late, also one that it never had", async () => {
    const tenant = freshTenant();
    await fill(documentOf(tenant, 1, "Woollen Scarf", { version: 2 }), documentOf(tenant, 3, "Woollen Blanket"));
    await untilFound(tenant, "woollen", [1, 3]);
    expect(await open().remove({ tenant, id: 1, version: 3 })).toBe("applied");
    expect(await open().put(documentOf(tenant, 1, "Woollen Scarf", { version: 2 }))).toBe("outdated");
    expect(await open().remove({ tenant, id: 2, version: 2 })).toBe("applied");
    expect(await open().put(documentOf(tenant, 2, "Woollen Hat", { version: 1 }))).toBe("outdated");
    expect(await open().remove({ tenant, id: 3, version: 0 })).toBe("outdated");
    await untilFound(tenant, "woollen", [3]);
    expect(await open().remove({ tenant, id: 1, version: 3 })).toBe("applied");
    expect(await open().put(documentOf(tenant, 1, "Woollen Scarf", { version: 4 }))).toBe("applied");
    await untilFound(tenant, "woollen", [1, 3]);
  });

  it("is not put off by anything that people type", async () => {
    const tenant = freshTenant();
    await fill(documentOf(tenant, 1, "Leather Backpack"));
    await untilFound(tenant, "backpack", [1]);
    const odd = [
      "'",
      '"',
      '"backpack',
      "back & (pack",
      "%",
      "_",
      "\\",
      "a\u0000b",
      "!!",
      "*",
      "~2",
      "🎒",
      "<b>",
      "é".repeat(100),
      "-",
      "or and not",
      "{}[]^",
      "\ud800",
    ];
    for (const text of odd) expect(await find(tenant, text)).toMatchObject({ hits: expect.any(Array) });
    expect(await idsOf(tenant, "backpack!")).toEqual([1]);
    expect(await idsOf(tenant, "(backpack)")).toEqual([1]);
  });

  it("gives every hit on exactly one page, in one order", async () => {
    const tenant = freshTenant();
    const ids = Array.from({ length: 25 }, (_, index) => index + 1);
    await fill(...ids.map((id) => documentOf(tenant, id, "Ceramic Bottle")));
    await eventually(async () => (await find(tenant, "bottle")).total === 25);
    const pages = [];
    for (const offset of [0, 10, 20]) pages.push(await find(tenant, "bottle", { limit: 10, offset }));
    expect(pages.map(({ total }) => total)).toEqual([25, 25, 25]);
    expect(pages.flatMap(({ hits }) => hits.map(({ id }) => id))).toEqual(ids);
    expect(await find(tenant, "bottle", { limit: 10, offset: 30 })).toEqual({ total: 25, hits: [] });
  });

  it("shows no tenant another's", async () => {
    const [mine, theirs] = [freshTenant(), freshTenant()];
    await fill(documentOf(mine, 1, "Granite Hammer"), documentOf(theirs, 1, "Velvet Hammer"));
    await untilFound(mine, "hammer", [1]);
    await untilFound(theirs, "hammer", [1]);
    expect((await find(mine, "hammer")).hits[0]?.name).toBe("Granite Hammer");
    expect(await find(mine, "velvet")).toMatchObject({ total: 0 });
    expect(await find(mine, "velvte")).toMatchObject({ total: 0 });
  });

  it("is prepared again without harm, also by several at once", async () => {
    const tenant = freshTenant();
    await fill(documentOf(tenant, 1, "Bronze Notebook"));
    await Promise.all([open().prepare(), open().prepare(), open().prepare()]);
    await untilFound(tenant, "notebook", [1]);
    await open().ping();
  });

  it("is rebuilt from the source of truth, while that goes on changing", async () => {
    const tenant = freshTenant();
    await fill(documentOf(tenant, 1, "Ebony Table", { version: 1 }), documentOf(tenant, 9, "Forged Table"));
    const index = open();
    const truth = new Map([
      [1, "Ebony Table"],
      [2, "Walnut Table"],
      [3, "New Table"],
    ]);
    const rebuilt = await rebuildIndex(
      index,
      {
        async *all() {
          yield { kind: "put", document: documentOf(tenant, 1, "Ebony Table", { version: 2 }) };
          yield { kind: "put", document: documentOf(tenant, 2, "Walnut Table") };
          yield { kind: "remove", removal: { tenant, id: 4, version: 2 } };
          // Came after the source was read, by the feed.
          await index.put(documentOf(tenant, 3, "New Table"));
        },
        knows: async ({ tenant: whose, id }) => whose !== tenant || truth.has(id) || id === 4,
      },
      createLog({ logLevel: "silent", instance: "test" }),
    );
    expect(rebuilt).toEqual({ put: 2, removed: 1, forgotten: 1 });
    await untilFound(tenant, "table", [1, 2, 3]);
    // What was forgotten may come anew.
    await fill(documentOf(tenant, 9, "Honest Table"));
    await untilFound(tenant, "honest", [9]);
  });
}
