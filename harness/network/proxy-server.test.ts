import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import { ProxyServer } from "./proxy-server.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function adminThat(answer: (path: string) => { status: number; body: string } | undefined): Promise<ProxyServer> {
  server = createServer((request, reply) => {
    const said = answer(request.url ?? "");
    if (said !== undefined) reply.writeHead(said.status, { "content-type": "application/json" }).end(said.body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return new ProxyServer({ host: "127.0.0.1", port: (server.address() as { port: number }).port });
}

test("a wedged admin API is an error after its deadline, and no call hangs", async () => {
  const proxies = await adminThat(() => undefined);
  const error: unknown = await proxies.toxics("api.cache").catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "TOXIPROXY_HANGS", exit: 3 });
  expect(String(error)).toContain("could not read api.cache: no answer in 3 s");
}, 30_000);

test("an error names the call that failed and the status", async () => {
  const proxies = await adminThat(() => ({ status: 500, body: '{"error":"oh"}' }));
  await expect(proxies.version()).rejects.toThrow(/could not read the version: .*500/);
});

test("removing a toxic that is not there asks for nothing to be removed", async () => {
  const asked: string[] = [];
  const proxies = await adminThat((path) => {
    asked.push(path);
    return { status: 200, body: '{"toxics":[{"name":"other"}]}' };
  });
  await proxies.removeToxic("api.cache", "mine");
  expect(asked).toEqual(["/proxies/api.cache"]);
});

test("a toxic that went while it was being removed is gone; one that can't be removed is an error", async () => {
  const removing = async (status: number): Promise<void> => {
    const proxies = await adminThat((path) =>
      path.includes("/toxics/")
        ? { status, body: '{"error":"toxic not found"}' }
        : { status: 200, body: '{"toxics":[{"name":"mine"}]}' },
    );
    await proxies.removeToxic("api.cache", "mine");
  };
  await expect(removing(404)).resolves.toBeUndefined();
  await expect(removing(500)).rejects.toThrow(/could not remove mine from api.cache: .*500/);
});
