import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunRecord } from "../model/run.ts";
import { Faultline, temporaryFolder } from "./testing/faultline.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const shelf = fileURLToPath(new URL("./testing/shelf/shelf.ts", import.meta.url));

/** Runs a scenario over the shelf. @param faults the text of its faults; @param audit of its audit, if it has one */
async function runWith(faults: string, audit = "undefined") {
  const file = join(folder.path, "triggered.ts");
  writeFileSync(
    file,
    `
      import { accepted, availability, kill, killRandom, latency, milliseconds, partition, pause, scenario, seconds } from "faultline";
      import { people, phases, shelf } from ${JSON.stringify(shelf)};
      export default scenario({
        name: "triggered", expects: "", workload: people, system: shelf(),
        phases: { ...phases, faults: seconds(4) },
        faults: ${faults}, checks: [availability({ atLeast: 0.1 })],
        ...(${audit} === undefined ? {} : { audit: ${audit} }),
      });`,
  );
  const faultline = new Faultline(["run", file, "--seed", "7", "-o", folder.path], { output: folder.path });
  const exit = await faultline.ended();
  const record: RunRecord = JSON.parse(readFileSync(join(faultline.runFolder, "run.json"), "utf8"));
  const receipts = faultline.events().flatMap((event) => (event.type === "receipt" ? [event.receipt] : []));
  return { exit, record, receipts, events: faultline.events(), stderr: faultline.stderr };
}

test("after a milestone: strikes when the load has come so far, and lasts from then on", async () => {
  const slow = `latency("web->store", { latency: milliseconds(50) })`;
  const { exit, record, receipts, stderr } = await runWith(
    `[{ after: accepted(40), lasting: seconds(1), inject: ${slow} }]`,
  );
  expect(exit, stderr).toBe(0);
  const { faults } = record.phases;
  for (const { requestedMs, provenMs, healRequestedMs } of receipts) {
    // Forty of a hundred a second.
    expect(requestedMs - faults!.fromMs).toBeGreaterThan(100);
    expect(requestedMs - faults!.fromMs).toBeLessThan(3000);
    expect(provenMs).toBeGreaterThanOrEqual(requestedMs);
    expect(healRequestedMs! - requestedMs).toBeGreaterThanOrEqual(950);
  }
});

test("a milestone that is not reached: the fault never strikes, and the run cannot tell", async () => {
  const { exit, record, receipts, events } = await runWith(
    `[{ after: accepted(100000), lasting: seconds(1), inject: pause("store") }]`,
  );
  expect(exit).toBe(2);
  expect(record.reasons[0]).toContain("its milestone, 100000 accepted, was not reached while there was time for it");
  expect(receipts).toMatchObject([{ on: "store" }]);
  expect(receipts[0]?.provenMs).toBeUndefined();
  expect(events.some(({ type }) => type === "inject" || type === "heal")).toBe(false);
});

test("random kills: one after the other, each proven and healed", async () => {
  const { exit, record, receipts, stderr } = await runWith(
    `[killRandom({ every: seconds(0.7), among: ["web", "store"], within: seconds(4), down: milliseconds(300) })]`,
  );
  expect(exit, stderr).toBe(0);
  expect(record.plan.schedule.length).toBeGreaterThan(1);
  for (const { healProvenMs } of receipts) expect(healProvenMs).toBeGreaterThan(0);
});

test("a setting that is otherwise after the run is told, and is exit 4", async () => {
  const audit = `{
    atRest: async ({ addresses: { store: { port } } }) => {
      const socket = (await import("node:net")).connect(port, "127.0.0.1").end("CONFIG SET maxclients 77\\r\\n");
      await new Promise((resolve) => socket.resume().once("close", resolve));
      return true;
    },
    read: async () => ({ registers: [], items: [] }),
  }`;
  const slow = `latency("web->store", { latency: milliseconds(50) })`;
  const { exit, record, stderr } = await runWith(`[{ at: seconds(1), lasting: seconds(1), inject: ${slow} }]`, audit);
  expect(exit).toBe(4);
  expect(stderr).toMatch(/store: maxclients was "\d+", and after everything was healed it is "77"/);
  expect(record.reasons.join()).toContain("maxclients");
});
