import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { LinkControl } from "../model/capabilities.ts";
import type { LinkLook } from "../model/traffic.ts";
import { Theirs } from "./attach/testing/theirs.ts";
import { describeIn } from "./testing/here.ts";
import { Stand, shop } from "./testing/stand.ts";

// What can be seen of a link's traffic: at a proxy of ours, and at one that Faultline did not start.

/** Asks a Redis over a link, as a client of the system does. */
async function ask(link: LinkControl, text = "PING\r\n"): Promise<Socket> {
  const { listen } = await proxyOf(link);
  const socket = connect(Number(listen.split(":").at(-1)), "127.0.0.1").on("error", () => undefined);
  await once(socket, "connect");
  socket.write(text);
  return socket;
}

async function proxyOf(link: LinkControl): Promise<{ readonly listen: string }> {
  const step = link.undoListening();
  if (step.do !== "openProxy") throw new Error(`an unexpected step: ${step.do}`);
  return (await fetch(`${step.admin}/proxies/${step.proxy}`)).json() as Promise<{ listen: string }>;
}

/** Looks anew: looks at the same time are shared. */
async function seen(link: LinkControl): Promise<LinkLook> {
  await sleep(30);
  return (await link.look?.()) ?? {};
}
const openIn = ({ connections }: LinkLook): number =>
  [...(connections?.values() ?? [])].filter((one) => one.isOpen).length;

describeIn("local", "at a proxy of ours", () => {
  let stand: Stand;
  let link: LinkControl;
  beforeAll(async () => {
    stand = await Stand.open("local");
    link = (await stand.start(shop())).control("network", "api-1->cache")[0]!;
  });
  afterAll(() => stand.close());

  test("connections and bytes of a client, while they are open and when they are over, and of no probe", async () => {
    for (let count = 0; count < 3; count += 1) await link.probe(5000);
    await link.probeInBulk(5000);
    expect(await seen(link)).toMatchObject({ accepted: 0, closed: { requestBytes: 0, replyBytes: 0 } });
    expect(openIn(await seen(link))).toBe(0);
    const client = await ask(link);
    await once(client, "data");
    const during = await seen(link);
    expect(during).toMatchObject({ accepted: 1, closed: { requestBytes: 0, replyBytes: 0 } });
    expect(openIn(during)).toBe(1);
    expect(await link.openConnections?.()).toMatchObject({ open: 1 });
    const [only] = [...(during.connections?.values() ?? [])].filter((one) => one.isOpen);
    // Without `ss` the bytes of what is open are unknown.
    if (only?.requestBytes !== undefined) expect(only).toEqual({ isOpen: true, requestBytes: 6, replyBytes: 7 });
    client.destroy();
    await vi.waitFor(async () =>
      expect(await seen(link)).toMatchObject({ accepted: 1, closed: { requestBytes: 6, replyBytes: 7 } }),
    );
    expect(openIn(await seen(link))).toBe(0);
    expect(await link.openConnections?.()).toMatchObject({ open: 0 });
  });

  test("a connection that is reset at once, of which the kernel keeps nothing", async () => {
    const { accepted = Number.NaN } = await seen(link);
    await link.addToxic({ name: "reset", type: "reset_peer", stream: "upstream", attributes: { timeout: 0 } });
    const client = await ask(link);
    await new Promise((resolve) => client.once("close", resolve));
    await vi.waitFor(async () => expect(await seen(link)).toMatchObject({ accepted: accepted + 1 }));
    await link.removeToxic("reset");
  });

  test("what is asked of a link that gives no answer", async () => {
    await link.addToxic({ name: "silent", type: "timeout", stream: "downstream", attributes: { timeout: 0 } });
    const client = await ask(link, "PING\r\nPING\r\n");
    await vi.waitFor(async () => expect(openIn(await seen(link))).toBe(1));
    const [only] = [...((await seen(link)).connections?.values() ?? [])].filter((one) => one.isOpen);
    if (only?.requestBytes !== undefined) expect(only).toEqual({ isOpen: true, requestBytes: 12, replyBytes: 0 });
    client.destroy();
    await link.removeToxic("silent");
  });
});

describeIn("local", "at an external proxy", () => {
  let theirs: Theirs;
  let stand: Stand;
  beforeAll(async () => {
    theirs = await Theirs.start();
    stand = await Stand.open("attach");
  });
  afterAll(async () => {
    await stand.close();
    await theirs.stop();
  });

  test("connections by the kernel alone, and no probe", async () => {
    const link = (await stand.start(theirs.told())).control("network", "web->cache")[0]!;
    const before = await seen(link);
    await link.probe(5000);
    expect(await seen(link)).not.toHaveProperty("accepted");
    expect([...((await seen(link)).connections?.keys() ?? ["none"])]).toEqual([...(before.connections?.keys() ?? [])]);
    const { open = Number.NaN } = (await link.openConnections?.()) ?? {};
    const client = await ask(link);
    await once(client, "data");
    expect(openIn(await seen(link))).toBe(openIn(before) + 1);
    expect(await link.openConnections?.()).toMatchObject({ open: open + 1 });
    client.destroy();
    await vi.waitFor(async () => expect(openIn(await seen(link))).toBe(openIn(before)));
    expect((await seen(link)).connections?.size).toBe((before.connections?.size ?? 0) + 1);
  });
});
