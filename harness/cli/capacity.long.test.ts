import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { serving } from "../load/testing/rig.ts";
import { Faultline, scenarios, temporaryFolder } from "./testing/faultline.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const search = (what: string, ...args: readonly string[]): Faultline =>
  new Faultline(["capacity", what, "--scenarios", scenarios, "-o", folder.path, "--seconds", "1", "--json", ...args], {
    output: folder.path,
  });

test("a server with two places of 20 ms each can do 100/s: both loops find it", async () => {
  // Two requests at a time, 20 ms each; the others wait. No machine is so slow that this is not the bottleneck.
  const waiting: (() => void)[] = [];
  let busy = 0;
  const next = (): void => {
    const reply = waiting.shift();
    if (reply === undefined) return;
    busy += 1;
    setTimeout(() => {
      busy -= 1;
      reply();
      next();
    }, 20);
  };
  await using server = await serving((_, response) => {
    waiting.push(() => response.end("ok"));
    if (busy < 2) next();
  });
  const { host, port } = server.address;
  const found = search(`http://${host}:${port}/`, "--within", "500", "--availability", "0.9", "--connections", "8");
  expect(await found.ended(), found.stderr).toBe(0);
  const { ceiling, holds, breaks, closedLoop, trials } = JSON.parse(found.stdout);
  expect(ceiling).toBeGreaterThan(20);
  expect(ceiling).toBeLessThan(110);
  expect(holds).toBeGreaterThan(10);
  expect(holds).toBeLessThan(breaks);
  expect(breaks).toBeLessThan(200);
  expect(closedLoop.length).toBeGreaterThanOrEqual(2);
  expect(trials.map(({ perSecond }: { perSecond: number }) => perSecond)).toContain(holds);
  expect(server.connections()).toBe(0);
});

test("the system of a scenario is started, loaded without its faults, and gone afterwards", async () => {
  const found = search("slow-store", "--connections", "4");
  expect(await found.ended(), found.stderr).toBe(0);
  const document = JSON.parse(found.stdout);
  expect(document.holds).toBeGreaterThan(0);
  const [, kept] = /logs in (\S+)\/logs/.exec(found.stderr) ?? [];
  expect(JSON.parse(readFileSync(join(folder.path, kept?.split("/").at(-1) ?? "", "capacity.json"), "utf8"))).toEqual(
    document,
  );
  expect(found.leftRunning()).toEqual([]);
});

test("a judge that throws leaves the capacity unknown: the operation, what it threw, and how often", async () => {
  const shelf = fileURLToPath(new URL("./testing/shelf/shelf.ts", import.meta.url));
  const file = join(folder.path, "throwing.ts");
  writeFileSync(
    file,
    `import { noWrongAnswers, scenario, workload } from "faultline";
     import { people, phases, shelf } from ${JSON.stringify(shelf)};
     const look = { ...people.operations.look, judge: ({ headers }) => JSON.parse(headers["X-Shelf"]) };
     export default scenario({ name: "throwing", expects: "", system: shelf(), phases, faults: [],
       workload: workload({ ...people, operations: { ...people.operations, look } }), checks: [noWrongAnswers()] });`,
  );
  const found = search(file, "--connections", "4");
  expect(await found.ended(), found.stderr).toBe(2);
  const { judgeFaults, sentence, holds } = JSON.parse(found.stdout);
  expect(judgeFaults).toMatchObject([{ operation: "look", message: expect.stringContaining("threw: ") }]);
  expect(sentence).toContain("The capacity is unknown");
  expect(holds).toBeUndefined();
  const tooFew = search(file, "--connections", "1");
  expect([await tooFew.ended(), JSON.parse(tooFew.stdout).error.code]).toEqual([64, "OUT_OF_BOUNDS"]);
});

test("what can't be loaded is refused, each with its code and remedy", async () => {
  const refused = async (...args: readonly [string, ...string[]]) => {
    const faultline = search(...args);
    const exit = await faultline.ended();
    return `${exit} ${JSON.parse(faultline.stdout).error.code}`;
  };
  expect(await refused("http://192.0.2.1:8080/")).toBe("64 FOREIGN_TARGET");
  expect(await refused("http://")).toBe("64 BAD_URL");
  expect(await refused("https://127.0.0.1:1/")).toBe("64 BAD_URL");
  expect(await refused("slow-stor")).toBe("64 UNKNOWN_SCENARIO");
  expect(await refused("*-store")).toBe("64 NOT_ONE_SCENARIO");
  expect(await refused("slow-store", "--seconds", "soon")).toBe("64 OUT_OF_BOUNDS");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  expect(await refused(`http://127.0.0.1:${port}/`)).toBe("3 NO_ANSWERS");
});
