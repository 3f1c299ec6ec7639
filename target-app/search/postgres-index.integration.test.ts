import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLog } from "../platform/log.ts";
import { type Component, startPostgres, withClient } from "../testing/components.ts";
import { type Link, openLink } from "../testing/link.ts";
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

  absenceCases(() => ({ index, component, link }));
});
