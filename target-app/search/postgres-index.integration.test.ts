import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLog } from "../platform/log.ts";
import { type Component, startPostgres, withClient } from "../testing/components.ts";
import { type Link, openLink } from "../testing/link.ts";
import { both, withMutant } from "../testing/mutant.ts";
import { openIndex } from "./open.ts";
import type { SearchIndex } from "./search-index.ts";
import { absenceCases } from "./testing/absence-cases.ts";
import { documentOf, searchCases } from "./testing/search-cases.ts";

let component: Component;
let link: Link;
let index: SearchIndex;

beforeAll(async () => {
  component = await startPostgres();
  link = await openLink(component.url);
  index = await openIndex(link.url, { log: createLog({ logLevel: "silent", instance: "test" }), readMs: 1000 });
  await index.prepare();
});
afterAll(async () => {
  await index?.close();
  await Promise.all([component?.dispose(), link?.close()]);
});

describe("the index in Postgres", () => {
  searchCases(() => index);

  it("says that it is away when its table is gone, until it is prepared again", async () => {
    await withClient(component.url, (client) => client.query("DROP TABLE documents"));
    const request = { tenant: "a", text: "b", limit: 1, offset: 0 };
    await expect(index.search(request)).rejects.toThrow('relation "documents" does not exist');
    await expect(index.put(documentOf("a", 1, "b"))).rejects.toMatchObject({ name: "Unavailable" });
    await index.prepare();
    expect(await index.search(request)).toEqual({ total: 0, hits: [] });
  });

  it("unversioned-index: an older version that comes last is what the index keeps", async () => {
    const seen = await both("unversioned-index", async (who) => {
      const { postgresIndex } = await withMutant(who, () => import("./postgres-index.ts"));
      const log = createLog({ logLevel: "silent", instance: "test" });
      const own = postgresIndex(component.url, { log, poolSize: 1, readMs: 1000, feedMs: 1000 });
      try {
        for (const version of [2, 1]) await own.put({ ...documentOf("late", 1, "name"), version });
        return (await own.search({ tenant: "late", text: "name", limit: 1, offset: 0 })).hits[0]?.version;
      } finally {
        await own.close();
      }
    });
    expect(seen).toEqual({ mutant: 1, correct: 2 });
  });

  absenceCases(() => ({ index, component, link }));
});
