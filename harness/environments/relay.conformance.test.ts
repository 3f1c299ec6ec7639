import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { RunningSystem } from "../model/environment.ts";
import { describeIn } from "./testing/here.ts";
import { Stand, shop } from "./testing/stand.ts";

// The relay behind the proxy of a real Redis: where it is, and what a client meets whose connection was forgotten.

const silence = { direction: "both", share: 1 } as const;

/** A client of the link, and what came back so far. */
async function client(running: RunningSystem, link: string): Promise<{ socket: Socket; got: () => string }> {
  const step = running.control("network", link)[0]!.undoListening();
  if (step.do !== "openProxy") throw new Error(`an unexpected step: ${step.do}`);
  const { listen } = (await (await fetch(`${step.admin}/proxies/${step.proxy}`)).json()) as { listen: string };
  const socket = connect(Number(listen.split(":").at(-1)), "127.0.0.1").on("error", () => undefined);
  let got = "";
  socket.on("data", (chunk) => {
    got += chunk.toString();
  });
  await once(socket, "connect");
  return { socket, got: () => got };
}

describeIn("local", "a relay behind the proxy", () => {
  let stand: Stand;
  let running: RunningSystem;
  beforeAll(async () => {
    stand = await Stand.open("local");
    running = await stand.start(shop(), { needs: (name, on) => name === "relay" && on === "api-1->cache" });
  });
  afterAll(() => stand.close());

  test("is only where the schedule needs it, and there the snapshot of the link has what it does", async () => {
    const [first, second] = running.control("relay", "api->cache");
    expect([first?.name, second?.name]).toEqual(["api-1->cache", "api-2->cache"]);
    await expect(second?.silence("i1", silence)).rejects.toThrow("no relay carries api-2->cache");
    const before = await running.snapshot();
    expect(before["api-1->cache"]).toMatchObject({ silences: "", cuts: "" });
    expect(before["api-2->cache"]).not.toHaveProperty("silences");
    await first?.silence("i1", silence);
    expect((await running.snapshot())["api-1->cache"]).toMatchObject({ silences: "i1" });
    await first?.forget("i1");
    expect(await running.snapshot()).toEqual(before);
  });

  test("keeps a connection of a client silent through the heal, and lets the next one work", async () => {
    const [link] = running.control("relay", "api-1->cache");
    const clients = async (): Promise<number> => {
      const [redis] = running.control("redis", "cache");
      return String(await redis?.ask("CLIENT", "LIST", "TYPE", "NORMAL"))
        .trim()
        .split("\n").length;
    };
    const none = await clients();
    const old = await client(running, "api-1->cache");
    old.socket.write("PING\r\n");
    await vi.waitFor(() => expect(old.got()).toBe("+PONG\r\n"));
    await link?.silence("i2", silence);
    expect(await link?.probe(300)).toMatchObject({ answered: false });
    await link?.forget("i2");
    expect(await link?.probe(3000)).toMatchObject({ answered: true });
    old.socket.write("PING\r\n");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(old.got()).toBe("+PONG\r\n");
    expect(old.socket.destroyed).toBe(false);
    // The probe's own connection may have been open still when the link healed; its end comes through the proxy.
    await vi.waitFor(async () => expect(await link?.silenceCounts("i2")).toMatchObject({ silenced: 1, stillOpen: 1 }));
    expect(await clients()).toBe(none + 1);
    old.socket.destroy();
    await vi.waitFor(async () => expect(await clients()).toBe(none));
  });

  test("cuts a connection at its moment: the command is done, and its reply never comes", async () => {
    const [link] = running.control("relay", "api-1->cache");
    await link?.cutOn("i3", { sends: "SET answer", lose: "reply", times: 1, everyMs: 0 });
    const one = await client(running, "api-1->cache");
    one.socket.write("SET answer 42\r\n");
    await once(one.socket, "close");
    expect(one.got()).toBe("");
    await link?.stopCutting("i3");
    expect(await running.control("redis", "cache")[0]?.ask("GET", "answer")).toBe("42");
    expect(await link?.cutCounts("i3")).toEqual({ isArmed: false, cuts: 1, moments: 1 });
  });
});
