import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { countLabelled, removeLabelled } from "./labelled.ts";

const label = "faultline.run=mine";
const labelled = (value: string) => ({ "faultline.run": value });

/** What an engine has; it lists everything, whatever is asked for, as one that does not know a filter would. */
interface Shelf {
  containers: { Id: string; Labels: object }[];
  networks: { Id: string; Labels: object }[];
  volumes: { Name: string; Labels: object }[];
}

let folder: string;
let server: Server;
let shelf: Shelf;
let asked: string[];
/** What is there all of a sudden, at the next look. */
let late: Shelf["containers"];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "engine-"));
  asked = [];
  late = [];
  shelf = {
    containers: [
      { Id: "a", Labels: labelled("mine") },
      { Id: "b", Labels: labelled("another's") },
      { Id: "c", Labels: {} },
    ],
    networks: [
      { Id: "n", Labels: labelled("mine") },
      { Id: "bridge", Labels: {} },
    ],
    volumes: [{ Name: "v", Labels: labelled("mine") }],
  };
  server = createServer((request, reply) => {
    const { method = "", url = "" } = request;
    const [, sort = "", name = ""] = /^\/(\w+)\/?([^?]*)/.exec(url) ?? [];
    if (method === "DELETE") {
      asked.push(`${sort} ${name}`);
      if (sort === "containers") shelf.containers = shelf.containers.filter(({ Id }) => Id !== name);
      if (sort === "networks") shelf.networks = shelf.networks.filter(({ Id }) => Id !== name);
      if (sort === "volumes") shelf.volumes = shelf.volumes.filter(({ Name }) => Name !== name);
      reply.writeHead(204).end();
      return;
    }
    if (sort === "containers" && asked.length > 0) shelf.containers.push(...late.splice(0));
    const lists = { containers: shelf.containers, networks: shelf.networks, volumes: { Volumes: shelf.volumes } };
    reply.end(JSON.stringify(lists[sort as keyof typeof lists]));
  }).listen(join(folder, "docker.sock"));
  await once(server, "listening");
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const engine = () => ({ url: `unix://${join(folder, "docker.sock")}` });

test("removes what carries the label, and nothing else, whatever the engine lists", async () => {
  expect(await countLabelled(engine(), label)).toBe(3);
  await removeLabelled(engine(), label);
  expect(asked.sort()).toEqual(["containers a", "networks n", "volumes v"]);
  expect(shelf.containers.map(({ Id }) => Id)).toEqual(["b", "c"]);
});

test("finds what comes into being after the first look", async () => {
  late.push({ Id: "late", Labels: labelled("mine") });
  await removeLabelled(engine(), label);
  expect(asked).toContain("containers late");
});

test("refuses a label that would fit everybody's", async () => {
  for (const bad of ["", "faultline.run", "faultline.run=", "=mine"]) {
    await expect(removeLabelled(engine(), bad)).rejects.toThrow("not a label with a value");
  }
  expect(asked).toEqual([]);
});

test("an engine that is gone with its folder has nothing left; one that only does not answer may have", async () => {
  server.close();
  await expect(removeLabelled(engine(), label)).rejects.toThrow(/ENOENT|ECONNREFUSED/);
  rmSync(folder, { recursive: true });
  await removeLabelled(engine(), label);
}, 60_000);
