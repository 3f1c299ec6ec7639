import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LinkControl } from "../model/capabilities.ts";
import type { RelayControl } from "../model/relay.ts";
import { remains } from "../testing/remains.ts";
import { Relays } from "./relays.ts";

// With real sockets, in the real thread: a server that answers what it is sent with what it got so far.

const host = "127.0.0.1";
const name = "api->cache";
const order = { direction: "both", share: 1 } as const;

let relays: Relays;
let link: RelayControl;
let server: Server;
let port: number;
/** What each connection of the server got, and whether its end is open. */
let served: { text: string; isOpen: boolean; isReset: boolean; socket: Socket }[];
let clients: Client[];

/** A client of the link, with what came back so far. */
class Client {
  readonly socket = connect({ host, port, allowHalfOpen: true });
  got = "";
  over: string | undefined;

  constructor() {
    clients.push(this);
    this.socket.on("data", (chunk) => {
      this.got += chunk.toString();
    });
    this.socket.on("error", (error: NodeJS.ErrnoException) => {
      this.over ??= error.code ?? "error";
    });
    this.socket.on("end", () => {
      this.over ??= "end";
    });
  }

  say(text: string): this {
    this.socket.write(text);
    return this;
  }
  hears(text: string): Promise<void> {
    return vi.waitFor(() => expect(this.got).toBe(text), 3000);
  }
}

beforeEach(async () => {
  served = [];
  clients = [];
  server = createServer({ allowHalfOpen: true }, (socket) => {
    const one = { text: "", isOpen: true, isReset: false, socket };
    served.push(one);
    socket.on("data", (chunk) => {
      one.text += chunk.toString();
      socket.write(`<${chunk.toString()}>`);
    });
    socket.on("end", () => socket.end());
    socket.on("error", () => {
      one.isReset = true;
    });
    socket.on("close", () => {
      one.isOpen = false;
    });
  });
  server.listen(0, host);
  await once(server, "listening");
  const free = createServer().listen(0, host);
  await once(free, "listening");
  ({ port } = free.address() as { port: number });
  await new Promise((resolve) => free.close(resolve));
  relays = new Relays(() => true);
  await relays.open(name, { host, port }, { host, port: (server.address() as { port: number }).port });
  link = relays.control({ name } as LinkControl);
});

afterEach(async () => {
  for (const { socket } of clients) socket.destroy();
  await relays.close();
  for (const { socket } of served) socket.destroy();
  server.close();
});

test("it carries what comes, both ways, and the end of either side", async () => {
  const long = "x".repeat(3_000_000);
  const one = new Client().say("a");
  await one.hears("<a>");
  one.say(long);
  await vi.waitFor(() => expect(one.got.replace(/[<>]/g, "")).toBe(`a${long}`), 10_000);
  one.socket.end();
  await vi.waitFor(() => expect(one.over).toBe("end"));
  const other = new Client().say("b");
  await other.hears("<b>");
  served[1]!.socket.end();
  await vi.waitFor(() => expect(other.over).toBe("end"));
  other.socket.end();
  await vi.waitFor(() => expect(served.map(({ isOpen }) => isOpen)).toEqual([false, false]));
});

test("a component that refuses, and one that resets, end the client's connection", async () => {
  const one = new Client().say("a");
  await one.hears("<a>");
  served[0]!.socket.resetAndDestroy();
  await vi.waitFor(() => expect(one.over).toBe("ECONNRESET"));
  server.close();
  const other = new Client().say("b");
  await vi.waitFor(() => expect(other.over).toBe("ECONNRESET"));
});

test("what was open stays silent for good, though new connections work, and neither end is closed", async () => {
  const old = new Client().say("a");
  await old.hears("<a>");
  await link.silence("i1", order);
  await link.silence("i1", order);
  const during = new Client().say("b");
  old.say("c");
  await remains(() => {
    expect([old.got, during.got]).toEqual(["<a>", ""]);
    // Nothing of it came to the server, not even the connection.
    expect(served.map(({ text }) => text)).toEqual(["a"]);
  });
  await link.forget("i1");
  await link.forget("i1");
  const fresh = new Client().say("d");
  await fresh.hears("<d>");
  old.say("e");
  during.say("f");
  served[0]!.socket.write("late");
  await remains(() => {
    expect([old.got, during.got, old.over, during.over]).toEqual(["<a>", "", undefined, undefined]);
    expect(served.map(({ text, isOpen }) => [text, isOpen])).toEqual([
      ["a", true],
      ["d", true],
    ]);
  });
  expect(await link.silenceCounts("i1")).toEqual({
    isActive: false,
    silenced: 1,
    forgotten: 2,
    stillOpen: 2,
    droppedBytes: 8,
  });
});

test("a forgotten connection ends at the server when its client gives it up, and not the other way round", async () => {
  const [one, other] = [new Client().say("a"), new Client().say("b")];
  await Promise.all([one.hears("<a>"), other.hears("<b>")]);
  await link.silence("i1", order);
  await link.forget("i1");
  const ofOne = served.find(({ text }) => text === "a")!;
  const ofOther = served.find(({ text }) => text === "b")!;
  expect(await relays.forgotten()).toBe(2);
  one.socket.destroy();
  await vi.waitFor(() => expect(ofOne.isOpen).toBe(false));
  expect(await relays.forgotten()).toBe(1);
  ofOther.socket.destroy();
  await remains(() => expect(other.over).toBeUndefined());
  expect(await link.silenceCounts("i1")).toMatchObject({ forgotten: 2, stillOpen: 1 });
});

test("silent replies: the server does what it is asked, and no reply comes", async () => {
  const old = new Client().say("a");
  await old.hears("<a>");
  await link.silence("i1", { ...order, direction: "replies" });
  const during = new Client().say("b");
  old.say("c");
  await vi.waitFor(() => expect(served.map(({ text }) => text)).toEqual(["ac", "b"]));
  await remains(() => expect([old.got, during.got]).toEqual(["<a>", ""]));
  await link.forget("i1");
  old.say("d");
  await remains(() => expect(served[0]!.text).toBe("ac"));
});

test("silent replies: a client hears as little of the server's end, and is let go when it gives up", async () => {
  const old = new Client().say("a");
  await old.hears("<a>");
  await link.silence("i1", { ...order, direction: "replies" });
  served[0]!.socket.destroy();
  old.say("b");
  await remains(() => expect(old.over).toBeUndefined());
  old.say("c");
  await remains(() => expect(old.over).toBeUndefined());
  old.socket.destroy();
  // Until the relay has seen its end, which nothing else shows.
  await sleep(150);
  await link.forget("i1");
  expect(await link.silenceCounts("i1")).toMatchObject({ silenced: 1, forgotten: 0 });
});

test("silent requests: what the server says of itself comes through", async () => {
  const old = new Client().say("a");
  await old.hears("<a>");
  await link.silence("i1", { ...order, direction: "requests" });
  old.say("b");
  served[0]!.socket.write("news");
  await old.hears("<a>news");
  expect(served[0]!.text).toBe("a");
});

test("a share of the connections: the others work as ever", async () => {
  await link.silence("i1", { ...order, share: 0.5 });
  const all = Array.from({ length: 40 }, () => new Client().say("a"));
  const heard = (): number => all.filter(({ got }) => got === "<a>").length;
  await remains(() => expect(heard()).toBeLessThan(35));
  expect(heard()).toBeGreaterThan(5);
  await link.forget("i1");
  expect(await link.silenceCounts("i1")).toMatchObject({ silenced: 0, forgotten: 40 - heard() });
});

test("a silence that met nothing says so, and one that never was is none", async () => {
  expect(await link.silenceCounts("i1")).toBeUndefined();
  await link.forget("i1");
  await link.silence("i1", order);
  await link.forget("i1");
  expect(await link.silenceCounts("i1")).toMatchObject({ isActive: false, silenced: 0, forgotten: 0 });
  const again = new Client().say("a");
  await again.hears("<a>");
});

test("cut, its reply lost: the server has the whole request, and its client no byte of the answer", async () => {
  await link.cutOn("i1", { sends: "COMMIT", lose: "reply", times: 1, everyMs: 0 });
  const one = new Client().say("BEGIN;");
  await one.hears("<BEGIN;>");
  one.say("commit;");
  await vi.waitFor(() => expect(one.over).toBe("ECONNRESET"));
  expect(one.got).toBe("<BEGIN;>");
  expect(served[0]!.text).toBe("BEGIN;commit;");
  await vi.waitFor(() => expect(served[0]).toMatchObject({ isOpen: false, isReset: false }));
  const other = new Client().say("COMMIT;");
  await other.hears("<COMMIT;>");
  expect(await link.cutCounts("i1")).toEqual({ isArmed: true, cuts: 1, moments: 2 });
});

test("cut, the request lost: the server never gets it, and both ends are reset", async () => {
  await link.cutOn("i1", { sends: "COMMIT", lose: "request", times: 5, everyMs: 60_000 });
  const one = new Client().say("BEGIN;");
  await one.hears("<BEGIN;>");
  one.say("COMMIT;");
  await vi.waitFor(() => expect(one.over).toBe("ECONNRESET"));
  await vi.waitFor(() => expect(served[0]).toMatchObject({ text: "BEGIN;", isOpen: false, isReset: true }));
  // Too soon after the first one.
  const other = new Client().say("COMMIT;");
  await other.hears("<COMMIT;>");
  await link.stopCutting("i1");
  await link.cutOn("i2", { sends: "COMMIT", lose: "request", times: 1, everyMs: 0 });
  other.say("COMMIT;");
  await vi.waitFor(() => expect(other.over).toBe("ECONNRESET"));
});

test("once disarmed nothing is cut, not even what is under way", async () => {
  await link.cutOn("i1", { sends: "COMMIT", lose: "reply", times: 5, everyMs: 0 });
  server.removeAllListeners("connection");
  const answers: (() => void)[] = [];
  server.on("connection", (socket: Socket) => socket.on("data", () => answers.push(() => socket.write("done"))));
  const one = new Client().say("COMMIT;");
  await vi.waitFor(() => expect(answers).toHaveLength(1));
  await link.stopCutting("i1");
  answers[0]!();
  await one.hears("done");
  expect(await relays.state(name)).toEqual({ silences: [], cuts: [], forgotten: 0 });
});

test("what a relay does is part of what can be seen of a link, and nothing is left when it is closed", async () => {
  await link.silence("i1", order);
  await link.cutOn("i2", { sends: "GET", lose: "reply", times: 1, everyMs: 0 });
  expect(await relays.state(name)).toEqual({ silences: ["i1"], cuts: ["i2"], forgotten: 0 });
  const one = new Client();
  await once(one.socket, "connect");
  await relays.close();
  await vi.waitFor(() => expect(one.over).toBeDefined());
  const other = new Client();
  await vi.waitFor(() => expect(other.over).toBe("ECONNREFUSED"));
  await expect(link.forget("i1")).rejects.toThrow("no relay carries api->cache");
});

test("its thread ends by itself, whatever is under way: one that is terminated may never end", async () => {
  const terminate = vi.spyOn(Worker.prototype, "terminate");
  const full = new Client().say("x".repeat(3_000_000));
  full.socket.pause();
  await vi.waitFor(() => expect(served[0]?.text).not.toBe(""));
  await link.silence("i1", order);
  await link.forget("i1");
  const halfOpen = new Client().say("a");
  halfOpen.socket.end();
  new Client().say("b");
  await relays.close();
  expect(terminate).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(served.every(({ isOpen }) => !isOpen)).toBe(true));
  await relays.close();
  terminate.mockRestore();
});

test("a link without a relay says what is missing", async () => {
  const none = new Relays(() => false);
  expect(none.isNeededOn(name)).toBe(false);
  const without = none.control({ name } as LinkControl);
  await expect(without.silence("i1", order)).rejects.toThrow("must be known before the system is started");
});
