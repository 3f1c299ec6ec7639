import type { Socket as NodeSocket } from "node:net";
import { expect, it } from "vitest";
import type { Socket } from "../model/environment.ts";
import { byPort, OwnProbes, openAt } from "./link-look.ts";

const proxy = 20_001;
/** Both ends, as the kernel of one machine has them. */
const both = (client: number, ends: readonly [client: boolean, proxy: boolean] = [true, true]): readonly Socket[] => [
  { local: `127.0.0.1:${client}`, remote: `127.0.0.1:${proxy}`, isOpen: ends[0] },
  { local: `127.0.0.1:${proxy}`, remote: `127.0.0.1:${client}`, isOpen: ends[1] },
];

async function openOf(sockets: readonly Socket[], { hasProbes = true, probes = [] as readonly number[] } = {}) {
  const own = new OwnProbes();
  for (const port of probes) own.note(port, { once: () => undefined } as unknown as NodeSocket);
  const look = (port: number) => Promise.resolve({ sockets: byPort(sockets).get(port) ?? [], lookedAtMs: 5 });
  return openAt({ hasProbes, look }, proxy, own);
}

it("counts each connection once, whether both of its ends can be seen or one", async () => {
  const inside: Socket = { local: "172.18.0.5:40000", remote: `172.18.0.2:${proxy}`, isOpen: true };
  expect(await openOf([...both(40_001), ...both(40_002), inside])).toStrictEqual({ open: 3, lookedAtMs: 5 });
});

it("does not count what either end has closed, nor what goes elsewhere", async () => {
  const elsewhere: Socket = { local: "127.0.0.1:40009", remote: "127.0.0.1:5432", isOpen: true };
  const closed = [...both(40_001, [false, true]), ...both(40_002, [true, false])];
  expect(await openOf([...closed, elsewhere, ...both(40_003)])).toMatchObject({ open: 1 });
});

it("leaves Faultline's own probes out where they can be among them, and only there", async () => {
  const sockets = [...both(40_001), ...both(40_002)];
  expect(await openOf(sockets, { probes: [40_001] })).toMatchObject({ open: 1 });
  expect(await openOf(sockets, { probes: [40_001], hasProbes: false })).toMatchObject({ open: 2 });
});

it("knows nothing where there was nothing to be seen", async () => {
  const look = () => Promise.resolve(undefined);
  expect(await openAt({ hasProbes: true, look }, proxy, new OwnProbes())).toBeUndefined();
});
