import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { Ajv } from "ajv";
import { afterEach, beforeEach, expect, test } from "vitest";
import schema from "../store/run.schema.json" with { type: "json" };
import { appendToHistory, readHistoryLines } from "../store/run-history.ts";
import { Faultline, scenarios, temporaryFolder } from "./testing/faultline.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const start = (...args: string[]): Faultline =>
  new Faultline([...args, "--scenarios", scenarios, ...(args[0] === "run" ? ["-o", folder.path] : [])], {
    output: folder.path,
  });
const isValidRecord = new Ajv({ allowUnionTypes: true }).compile(schema);

test("a fault that users do not notice: exit 0, a receipt for each link, a whole run folder", async () => {
  const faultline = start("run", "slow-store", "--seed", "7", "--json");
  expect(await faultline.ended(), faultline.stderr).toBe(0);
  const document = JSON.parse(faultline.stdout);
  expect(document).toMatchObject({
    verdict: "pass",
    exit: 0,
    runs: [{ verdict: "pass", status: "complete", seed: "7" }],
  });
  const [run] = document.runs;
  expect(run.checks.map((check: { verdict: string }) => check.verdict)).toEqual(["pass", "pass"]);
  expect(run.generator.planned).toBe(run.plan.arrivals.count);
  expect(run.generator.recorded).toBe(run.generator.planned);

  const record = JSON.parse(readFileSync(join(run.folder, "run.json"), "utf8"));
  expect(isValidRecord(record), JSON.stringify(isValidRecord.errors)).toBe(true);
  expect(isValidRecord({ ...record, verdict: "perhaps" })).toBe(false);
  for (const file of [
    "events.jsonl",
    "history.bin",
    "undo.jsonl",
    "report.html",
    "logs/web-1.log",
    "logs/toxiproxy.log",
  ]) {
    expect(existsSync(join(run.folder, file)), file).toBe(true);
  }
  expect(join(folder.path, readlinkSync(join(folder.path, "latest")))).toBe(run.folder);
  const receipts = faultline.events().filter((event) => event.type === "receipt");
  expect(receipts.map(({ receipt }) => receipt.on).sort()).toEqual(["web-1->store", "web-2->store"]);
  for (const { receipt } of receipts) {
    expect(receipt.provenMs).toBeGreaterThanOrEqual(receipt.requestedMs);
    expect(receipt.healProvenMs).toBeGreaterThanOrEqual(receipt.healRequestedMs ?? Number.POSITIVE_INFINITY);
    expect(receipt.during?.["roundTripMs"]).toBeGreaterThanOrEqual(30);
    expect(receipt.before["toxics"]).toBe(0);
  }
  expect(faultline.leftRunning()).toEqual([]);

  const again = new Faultline(["report", run.folder], { output: folder.path });
  expect(await again.ended(), again.stderr).toBe(0);
  expect(again.stdout.trim()).toMatch(/report\.html$/);
});

test("a fault that users notice: exit 1, the law that was broken, and operations that show it", async () => {
  const faultline = start("run", "cut-store", "--json");
  expect(await faultline.ended(), faultline.stderr).toBe(1);
  const [run] = JSON.parse(faultline.stdout).runs;
  expect(run.verdict).toBe("fail");
  const [check] = run.checks;
  expect(check).toMatchObject({ name: "availability", verdict: "fail" });
  expect(check.witness.length).toBeGreaterThan(0);
  expect(check.witness.length).toBeLessThanOrEqual(10);
  // Nobody was refused before the fault.
  expect(check.witness.every((one: { toFaultMs: number }) => one.toFaultMs >= 0)).toBe(true);
  // On a busy machine it lasted longer than it was planned, and the sentence says so.
  expect(run.sentence).toMatch(/^partition web->store for [\d.]+ s( \(planned: 1\.5 s\))? became a failure/);
  expect(faultline.leftRunning()).toEqual([]);

  // The overview knows of it, and so does who asks for what failed last.
  const overview = readFileSync(join(folder.path, "index.html"), "utf8");
  expect(overview).toContain(`href="${run.id}/report.html"`);
  const again = start("run", "--last-failed", "--dry-run", "--json", "--seed", "7");
  expect(await again.ended(), again.stderr).toBe(0);
  expect(JSON.parse(again.stdout).plans.map(({ scenario }: { scenario: string }) => scenario)).toEqual(["cut-store"]);
  // What a mutant of its system failed is no failure of it.
  const { runs } = readHistoryLines(folder.path);
  appendToHistory(folder.path, {
    ...runs[0]!,
    id: "mutant",
    scenario: "slow-store",
    variant: "mutant",
    verdict: "fail",
  });
  const none = start("run", "slow-store", "--last-failed", "--dry-run");
  expect(await none.ended()).toBe(2);
  expect(none.stderr).toContain("[NOTHING_FAILED]");
});

test("quiet: one line with the verdict and where the report is, and not a word beside it", async () => {
  const faultline = start("run", "cut-store", "--quiet");
  const exit = await faultline.ended();
  expect(faultline.stderr).toBe("");
  const [, verdict = "", report = ""] =
    /^(fail|inconclusive) {2}cut-store {2}(\S+report\.html)\n$/.exec(faultline.stdout) ?? [];
  // Which of the two is a matter of how busy the machine is.
  expect({ fail: 1, inconclusive: 2 }[verdict], faultline.stdout).toBe(exit);
  expect(existsSync(resolve(report)), faultline.stdout).toBe(true);
});

test("an audit that fails: exit 2, and the run says why it cannot tell", async () => {
  const faultline = start("run", "blind-audit", "--json");
  expect(await faultline.ended(), faultline.stderr).toBe(2);
  const [run] = JSON.parse(faultline.stdout).runs;
  expect(run).toMatchObject({ verdict: "inconclusive", status: "complete" });
  // A busy machine may give more of them.
  expect(run.reasons).toContain("the audit failed: no light");
  expect(run.checks).toMatchObject([{ name: "noLostWrites", verdict: "inconclusive" }]);
});

test("an audit that returns what it should not: exit 2, with each field, and the cast", async () => {
  const faultline = start("run", "mistyped-audit", "--json");
  expect(await faultline.ended(), faultline.stderr).toBe(2);
  const [run] = JSON.parse(faultline.stdout).runs;
  expect(run).toMatchObject({ verdict: "inconclusive", status: "complete" });
  const [failed] = run.reasons.filter((reason: string) => reason.startsWith("the audit failed: "));
  expect(failed).toMatch(/registers\[0\]\.verison is unknown\. Did you mean "version"\?/);
  expect(failed).toMatch(/registers\[1\]\.version is the text "17".* Number\(row\.version\)\. \[BAD_FINAL_STATE\]$/);
  expect(faultline.stderr).toContain('the text "17"');
});

test("the same seed gives the same plan, run or not, byte for byte", async () => {
  const plan = async (...args: string[]): Promise<string> => {
    const faultline = start("run", "slow-store", "--dry-run", "--json", ...args);
    expect(await faultline.ended()).toBe(0);
    return JSON.stringify(JSON.parse(faultline.stdout).plans[0]);
  };
  const [first, second, other] = await Promise.all([plan("--seed", "7"), plan("--seed", "7"), plan("--seed", "8")]);
  expect(first).toBe(second);
  expect(first).not.toBe(other);
  expect(readdirSync(folder.path)).toEqual([]);
  const faultline = start("run", "slow-store", "--seed", "7", "--json");
  await faultline.ended();
  expect(JSON.stringify(JSON.parse(faultline.stdout).runs[0].plan)).toBe(first);
});

test("two runs at once, even of one name, do not disturb each other", async () => {
  const other = temporaryFolder();
  try {
    const args = ["run", "slow-store", "--seed", "7", "--scenarios", scenarios];
    const one = new Faultline([...args, "-o", folder.path], { output: folder.path });
    const two = new Faultline([...args, "-o", other.path], { output: other.path });
    const ends = [await one.ended(), await two.ended()];
    // Two at once may be too much for a machine to tell how well users were served; neither may have failed for it.
    for (const end of ends) expect([0, 2], one.stderr + two.stderr).toContain(end);
    const records = [one, two].map((run) => JSON.parse(readFileSync(join(run.runFolder, "run.json"), "utf8")));
    for (const record of records) {
      expect(record.status).toBe("complete");
      expect(record.generator).toMatchObject({ recorded: record.plan.arrivals.count, unsettled: 0 });
    }
    const [before, after] = [Math.max, Math.min].map((of, end) =>
      of(...records.map(({ startedAt, endedAt }) => Date.parse([startedAt, endedAt][end]))),
    ) as [number, number];
    expect(before).toBeLessThan(after);
    for (const run of [one, two]) {
      const receipts = run.events().flatMap((event) => (event.type === "receipt" ? [event.receipt] : []));
      expect(receipts.map(({ on }) => on).sort()).toEqual(["web-1->store", "web-2->store"]);
      for (const { provenMs, healProvenMs } of receipts) expect(healProvenMs).toBeGreaterThan(provenMs ?? Infinity);
      // What the other did to its own links is not seen on these.
      for (const { before: found, after: left } of receipts)
        expect([found["toxics"], left?.["toxics"]]).toEqual([0, 0]);
    }
    expect(one.identity().mark).not.toBe(two.identity().mark);
    const unexpected = [...one.events(), ...two.events()].filter((event) => event.type === "exited" && !event.expected);
    expect(unexpected).toEqual([]);
    expect([...one.leftRunning(), ...two.leftRunning()]).toEqual([]);
  } finally {
    other.remove();
  }
});

test("operations of a client of one's own: their deadline is kept, and what they broke off is unknown", async () => {
  const faultline = start("run", "own-client", "--seed", "7", "--json");
  expect(await faultline.ended(), faultline.stderr).toBe(0);
  const [run] = JSON.parse(faultline.stdout).runs;
  const [register, availability] = run.checks;
  expect(register).toMatchObject({ name: "linearizable", verdict: "pass" });
  expect(register.numbers.reads).toBeGreaterThan(300);
  // Two seconds of silence in four: what was asked then is unknown, not failed.
  expect(availability.numbers.unknown).toBeGreaterThan(50);
  expect(availability.numbers.ok + availability.numbers.unknown + availability.numbers.failed).toBe(
    availability.numbers.total,
  );
  expect(run.generator).toMatchObject({ unsettled: 0, recorded: run.generator.planned });
});

test("several runs of one plan are judged together, and have the same plan", async () => {
  const faultline = start("run", "cut-store", "--seed", "7", "--repeat", "2", "--json");
  expect(await faultline.ended(), faultline.stderr).toBe(1);
  const { runs, series, exit } = JSON.parse(faultline.stdout);
  expect(exit).toBe(1);
  expect(runs.map(({ repeat }: { repeat: object }) => repeat)).toEqual([
    { index: 1, of: 2 },
    { index: 2, of: 2 },
  ]);
  expect(runs[0].plan).toEqual(runs[1].plan);
  expect(runs[0].id).not.toBe(runs[1].id);
  expect(series).toMatchObject([
    { scenario: "cut-store", verdict: "fail", runs: 2, checks: [{ counts: { fail: 2 } }] },
  ]);
});
