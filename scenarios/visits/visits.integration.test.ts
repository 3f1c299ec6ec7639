// An ordinary vitest test with a real fault: copy it, and put your own program in the place of the server.
import { fileURLToPath } from "node:url";
import { latency, milliseconds, partition, redis, service, system } from "faultline";
import { faultTest } from "faultline/vitest";
import { expect } from "vitest";

const visits = system({
  name: "visits",
  entry: "web",
  components: {
    store: redis(),
    web: service({
      command: ["node", fileURLToPath(new URL("./server.ts", import.meta.url))],
      readyPath: "/ready",
      livePath: "/live",
      // The address of a proxy before the store, not of the store: that is where faults act.
      links: { STORE_URL: { to: "store", as: "redis://{host}:{port}" } },
    }),
  },
});

// One system for all tests of this file; the first one waits until it is up (see `testTimeout` of vitest).
const test = faultTest(visits);

test("over a slow link every visit is counted, once", async ({ system, withFault }) => {
  const before = await visit(system);
  const counts = await withFault(latency("web->store", { latency: milliseconds(100) }), async () => {
    const began = performance.now();
    const counted = [await visit(system), await visit(system), await visit(system)];
    expect(performance.now() - began).toBeGreaterThan(250);
    return counted;
  });
  expect(counts).toEqual([before + 1, before + 2, before + 3]);
});

test("without the store it says so, and counts again when the store is back", async ({ system, withFault }) => {
  await withFault(partition("web->store"), async () => {
    await expect(visit(system)).rejects.toThrow("503");
  });
  await expect.poll(() => visit(system).catch(() => 0), { timeout: 20_000 }).toBeGreaterThan(0);
});

/** One visit through the proxy before the service. @returns the count; @throws with the status when it was not counted */
async function visit({ entry }: { entry: readonly { address: { host: string; port: number } }[] }): Promise<number> {
  const [{ address } = { address: { host: "", port: 0 } }] = entry;
  const reply = await fetch(`http://${address.host}:${address.port}/visits`, { method: "POST" });
  if (!reply.ok) throw new Error(`not counted: ${reply.status}`);
  return ((await reply.json()) as { visits: number }).visits;
}
