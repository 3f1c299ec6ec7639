import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Socket } from "../model/environment.ts";
import { AcceptLog } from "./accept-log.ts";
import { bytesIn } from "./closed-bytes.ts";
import { lookAt, OwnProbes } from "./link-look.ts";

const accepted = (name: string, client: string): string =>
  `{"level":"info","name":"${name}","listen":"127.0.0.1:1","client":"${client}","message":"Accepted client"}\n`;

test("the log of Toxiproxy is read on as it grows, a line that is not whole yet later", async () => {
  const folder = mkdtempSync(join(tmpdir(), "accept-log-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "toxiproxy.log");
  const log = new AcceptLog(path);
  expect(await log.clientsOf("web.db")).toEqual([]);
  appendFileSync(
    path,
    `panic: "Accepted client"\n${accepted("web.db", "127.0.0.1:5")}${accepted("api.db", "[::1]:6")}`,
  );
  expect(await log.clientsOf("web.db")).toEqual(["127.0.0.1:5"]);
  const next = accepted("web.db", "127.0.0.1:7");
  appendFileSync(path, next.slice(0, 40));
  expect(await log.clientsOf("web.db")).toEqual(["127.0.0.1:5"]);
  appendFileSync(path, next.slice(40));
  expect(await Promise.all([log.clientsOf("web.db"), log.clientsOf("web.db")])).toEqual([
    ["127.0.0.1:5", "127.0.0.1:7"],
    ["127.0.0.1:5", "127.0.0.1:7"],
  ]);
  expect(await log.hosts()).toEqual(new Set(["127.0.0.1", "[::1]"]));
});

test("the bytes of a proxy in Toxiproxy's metrics, those of no other", () => {
  const line = (metric: string, direction: string, proxy: string, value: string): string =>
    `toxiproxy_proxy_${metric}_bytes_total{direction="${direction}",listener="127.0.0.1:1",proxy="${proxy}",upstream="x"} ${value}`;
  const metrics = [
    "# TYPE toxiproxy_proxy_received_bytes_total counter",
    line("received", "upstream", "web.db", "1010"),
    line("received", "downstream", "web.db", "5"),
    line("sent", "downstream", "web.db", "1.5e+06"),
    line("sent", "upstream", "web.db", "6"),
    line("received", "upstream", "web.db2", "7"),
  ].join("\n");
  expect(bytesIn(metrics, "web.db")).toEqual({ requestBytes: 1010, replyBytes: 1_500_000 });
  expect(bytesIn(metrics, "other")).toEqual({ requestBytes: 0, replyBytes: 0 });
});

const probes = (...ports: readonly number[]): OwnProbes => {
  const own = new OwnProbes();
  for (const port of ports) own.note(port, { once: () => undefined } as never);
  return own;
};
const at = (local: string, remote: string, more: Partial<Socket> = {}): Socket => ({
  local,
  remote,
  isOpen: true,
  ...more,
});

test("a look has each connection of a client once, and none of our own probes", async () => {
  const sockets = [
    at("127.0.0.1:900", "127.0.0.1:11", { sent: 20, received: 10 }),
    at("127.0.0.1:11", "127.0.0.1:900", { sent: 10, received: 20 }),
    // The client has closed its end already.
    at("127.0.0.1:900", "127.0.0.1:12", { sent: 20, received: 10 }),
    at("127.0.0.1:12", "127.0.0.1:900", { isOpen: false }),
    at("127.0.0.1:900", "127.0.0.1:13", { sent: 20, received: 10 }),
    at("127.0.0.1:901", "127.0.0.1:14"),
  ];
  const sources = {
    sockets: async () => sockets,
    accepted: async () => ["127.0.0.1:11", "127.0.0.1:12", "127.0.0.1:13"],
  };
  expect(await lookAt(sources, 900, probes(13))).toEqual({
    connections: new Map([
      ["127.0.0.1:11", { isOpen: true, requestBytes: 10, replyBytes: 20 }],
      ["127.0.0.1:12", { isOpen: false, requestBytes: 10, replyBytes: 20 }],
    ]),
    accepted: 2,
  });
});

test("where the clients are known by their addresses, all others are not theirs", async () => {
  const sources = {
    sockets: async () => [at("172.18.0.5:11", "172.18.0.2:900")],
    accepted: async () => ["172.18.0.1:50", "172.18.0.5:11", "172.18.0.5:10"],
    clients: async () => ["172.18.0.5"],
  };
  expect(await lookAt(sources, 900, probes())).toEqual({
    connections: new Map([["172.18.0.5:11", { isOpen: true }]]),
    accepted: 2,
  });
  expect(await lookAt({ ...sources, clients: async () => undefined }, 900, probes())).toBeUndefined();
  expect(await lookAt({}, 900, probes())).toBeUndefined();
});
