import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLog } from "../platform/log.ts";
import type { Component } from "../testing/components.ts";
import { type Link, openLink } from "../testing/link.ts";
import { openIndex } from "./open.ts";
import type { SearchIndex } from "./search-index.ts";
import { absenceCases } from "./testing/absence-cases.ts";
import { openSearchHindrance, startOpenSearch } from "./testing/opensearch.ts";
import { documentOf, searchCases } from "./testing/search-cases.ts";

const hindrance = openSearchHindrance();
const title = `the index in OpenSearch${hindrance === undefined ? "" : ` (skipped: ${hindrance})`}`;

describe.skipIf(hindrance !== undefined)(title, () => {
  let component: Component;
  let link: Link;
  let index: SearchIndex;

  // The first time, Maven gets sixty jars.
  beforeAll(async () => {
    component = await startOpenSearch();
    link = await openLink(component.url);
    index = await openIndex(link.url, {
      log: createLog({ logLevel: "silent", instance: "test" }),
      readMs: 1000,
      feedMs: 2000,
    });
    await index.prepare();
  }, 420_000);
  afterAll(async () => {
    await index?.close();
    await component?.dispose();
    await link?.close();
  });

  searchCases(() => index);

  const send = (method: string, path: string, body?: object) =>
    fetch(`${component.url}${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  it("says that it is away when its index is gone, until it is prepared again", async () => {
    await send("DELETE", "/products");
    const request = { tenant: "a", text: "b", limit: 1, offset: 0 };
    await expect(index.search(request)).rejects.toThrow("index_not_found_exception");
    await expect(index.put(documentOf("a", 1, "b"))).rejects.toMatchObject({ name: "Unavailable" });
    await index.prepare();
    expect(await index.search(request)).toEqual({ total: 0, hits: [] });
  });

  it.each([
    ["index.blocks.read_only_allow_delete", "put"],
    ["index.blocks.write", "put"],
    ["index.blocks.read", "search"],
  ] as const)("says that it is away for a %s, and is back when that is lifted", async (block, what) => {
    const attempt = () =>
      what === "put"
        ? index.put(documentOf("blocked", 1, "Kettle"))
        : index.search({ tenant: "blocked", text: "kettle", limit: 1, offset: 0 });
    await send("PUT", "/products/_settings", { [block]: true });
    await expect(attempt()).rejects.toMatchObject({ name: "Unavailable", dependency: "search" });
    await send("PUT", "/products/_settings", { [block]: null });
    await attempt();
  });

  absenceCases(() => ({ index, component, link }));
});
