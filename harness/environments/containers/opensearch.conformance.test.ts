import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { container, openSearch, system } from "../../model/system.ts";
import { describeIn } from "../testing/here.ts";
import { Stand } from "../testing/stand.ts";
import { imageSettings } from "./settings.ts";

const { images } = imageSettings();
const program = "require('node:http').createServer((_, r) => r.end(process.env.SEARCH_URL)).listen(8080)";
const shop = system({
  name: "shop",
  entry: "web",
  components: {
    search: openSearch({ configuration: { "action.auto_create_index": "+shop*" } }),
    web: container({
      image: images.service,
      command: ["node", "-e", program],
      port: 8080,
      readyPath: "/",
      links: { SEARCH_URL: { to: "search", as: "{url}" } },
    }),
  },
});

describeIn("containers", "in containers, an OpenSearch", () => {
  let stand: Stand;
  beforeEach(async () => {
    stand = await Stand.open("containers");
  });
  afterEach(() => stand.close());

  test("is told to others by its URL, takes its settings, and keeps over a kill what it had acknowledged", async () => {
    const running = await stand.start(shop);
    const told = await (await fetch(`http://127.0.0.1:${running.direct["web"]?.port}/`)).text();
    expect(told).toMatch(/^http:\/\/toxiproxy:\d+$/);
    const put = (index: string) =>
      fetch(`http://127.0.0.1:${running.direct["search"]?.port}/${index}/_doc/1?refresh=true`, {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: '{"name":"kettle"}',
      });
    expect((await put("shop1")).status).toBe(201);
    expect((await put("other")).status).toBe(404);
    expect(await running.health()).toMatchObject({ search: "ready" });
    const [link] = running.control("network", "web->search");
    const [server] = running.control("process", "search");
    expect(await link?.probe(5000)).toMatchObject({ answered: true });
    await server?.kill();
    expect(await link?.probe(1000)).toMatchObject({ answered: false });
    await server?.restart();
    await vi.waitFor(async () => expect(await link?.probe(1000)).toMatchObject({ answered: true }), 10_000);
    const found = await fetch(`http://127.0.0.1:${running.direct["search"]?.port}/shop1/_doc/1`);
    expect(await found.json()).toMatchObject({ found: true });
    await running.stop();
    expect(await stand.left()).toBe(0);
  });
});
