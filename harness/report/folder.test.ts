import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rowAt } from "../model/history.ts";
import { HistoryWriter } from "../store/history-file.ts";
import { readRun } from "../store/read-run.ts";
import { createRunFolder, files } from "../store/run-folder.ts";
import { sampleRun } from "./testing/sample-run.ts";
import { scriptless, textOf } from "./testing/skeleton.ts";

let root: string;
let path: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "reports-"));
  path = written();
});
afterEach(() => rmSync(root, { recursive: true }));

/** A whole run on the disk. */
function written(): string {
  const run = sampleRun({ verdict: "fail", perSecond: 20 });
  const folder = createRunFolder(root, "run");
  folder.writeRecord(run.record);
  for (const event of run.events) folder.appendEvent(event);
  const writer = new HistoryWriter(folder.history);
  for (const error of run.errors) writer.errorIndex(error);
  for (let row = 0; row < run.history!.count; row += 1) writer.append(rowAt(run.history!, row));
  writer.close();
  folder.writeFinalState({ registers: [], items: [] });
  for (const [name, lines] of Object.entries(run.logs)) {
    writeFileSync(join(folder.logs, `${name}.log`), `${lines.join("\n")}\n`);
  }
  return folder.path;
}

function missingIn(page: string): string {
  return textOf(page.slice(page.indexOf("What is missing"), page.indexOf('<p class="end">')));
}

describe("the report of a run folder", () => {
  it("misses nothing when all of it is there", () => {
    expect(missingIn(scriptless(readRun(path)))).toContain("Nothing: all parts of the run were there.");
  });

  it.each([
    [files.events, /the events: .*events\.jsonl.*There are no events/s, /No event was recorded/],
    [files.history, /the history: .*history\.bin.*There is no history/s, /No operation was seen/],
    [files.finalState, /the final state: .*final-state\.json/s, /Operations per second/],
    [files.logs, /the logs: .*There are no logs/s, /Operations per second/],
  ])("without %s says so, and shows the rest", (file, words, rest) => {
    rmSync(join(path, file), { recursive: true });
    const page = scriptless(readRun(path));
    expect(missingIn(page)).toMatch(words);
    expect(page).toMatch(rest);
    expect(page).toContain("no stale reads beyond 2 s");
    expect(page).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });

  it("whose history is torn says how much is, and draws what is whole", () => {
    const history = join(path, files.history);
    truncateSync(history, statSync(history).size - 100);
    const page = scriptless(readRun(path));
    expect(missingIn(page)).toMatch(/the end of the history: [\d,]+ bytes? torn/);
  });
});
