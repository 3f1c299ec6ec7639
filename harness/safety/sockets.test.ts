import { once } from "node:events";
import { connect, createServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { socketsAt, socketsInNetworkOf, socketsOfSs, socketsOfTable } from "./sockets.ts";

test("what ss prints, with the bytes of what is open, and IPv4 as such", () => {
  const output = `ESTAB     0      0      127.0.0.1:18772 127.0.0.1:47560 bbr rto:204 bytes_sent:1000 bytes_acked:1000 bytes_received:70 segs_out:2
ESTAB     0      0      [::ffff:127.0.0.1]:18772 [::ffff:127.0.0.1]:47561 cubic rto:204 segs_out:1
TIME-WAIT 0      0      127.0.0.1:47572 127.0.0.1:18772
SYN-SENT  0      1      [::1]:47573 [::1]:18772 cubic
`;
  expect(socketsOfSs(output)).toEqual([
    { local: "127.0.0.1:18772", remote: "127.0.0.1:47560", isOpen: true, sent: 1000, received: 70 },
    { local: "127.0.0.1:18772", remote: "127.0.0.1:47561", isOpen: true, sent: 0, received: 0 },
    { local: "127.0.0.1:47572", remote: "127.0.0.1:18772", isOpen: false },
    { local: "[::1]:47573", remote: "[::1]:18772", isOpen: true, sent: 0, received: 0 },
  ]);
});

test("the kernel's table, of the ports that are meant", () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:4954 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:4954 0100007F:B9C8 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0 20 4 30 10 -1
   2: 0100007F:B9C9 0100007F:4954 06 00000000:00000000 03:000005A0 00000000     0        0 0 3 0
   3: 0100007F:0050 0100007F:B9CA 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0 20 4 30 10 -1
   4: 0000000000000000FFFF00000100007F:4954 0000000000000000FFFF00000100007F:B9CB 01 00000000:00000000 00:0 0 0 0 4
   5: 00000000000000000000000001000000:4954 00000000000000000000000001000000:B9CC 01 00000000:00000000 00:0 0 0 0 4`;
  expect(socketsOfTable(table, [0x4954])).toEqual([
    { local: "127.0.0.1:18772", remote: "127.0.0.1:47560", isOpen: true },
    { local: "127.0.0.1:47561", remote: "127.0.0.1:18772", isOpen: false },
    { local: "127.0.0.1:18772", remote: "127.0.0.1:47563", isOpen: true },
    { local: "[::1]:18772", remote: "[::1]:47564", isOpen: true },
  ]);
});

describe.runIf(process.platform === "linux")("of real connections", () => {
  test.each(["127.0.0.1", "::1", "::"])("at a server on %s, by both ways of asking", async (host) => {
    const server = createServer((socket) => void socket.on("data", () => socket.write("12345"))).listen(0, host);
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const to = host === "::" ? "127.0.0.1" : host;
    const client = connect(port, to);
    onTestFinished(() => {
      client.destroy();
      server.close();
    });
    client.write("123");
    await once(client, "data");
    const at = (of: number): string => (to === "::1" ? `[::1]:${of}` : `${to}:${of}`);
    const server1 = { local: at(port), remote: at(client.localPort ?? 0), isOpen: true };
    const client1 = { local: at(client.localPort ?? 0), remote: at(port), isOpen: true };
    const sockets = (await socketsAt([port])) ?? [];
    const plain = sockets.map(({ local, remote, isOpen }) => ({ local, remote, isOpen }));
    expect(plain).toEqual(expect.arrayContaining([server1, client1]));
    expect(await socketsInNetworkOf("self", [port])).toEqual(expect.arrayContaining([server1, client1]));
    const own = sockets.find(({ local }) => local === at(port));
    // Without `ss` the bytes are unknown.
    if (own?.sent !== undefined) expect(own).toMatchObject({ sent: 5, received: 3 });
  });

  test("at no port there is none, and of a process that is not there nothing is known", async () => {
    expect(await socketsAt([])).toEqual([]);
    expect(await socketsInNetworkOf(4_194_303, [80])).toBeUndefined();
  });
});
