import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createColors } from "picocolors";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exits, type FaultlineError } from "../model/errors.ts";
import { errorDocument, exitFor, explain, type Output } from "./output.ts";
import { validate } from "./validate.ts";

// A folder of scenarios as people leave it: some right, some broken, each in a way of its own.

const shelf = fileURLToPath(new URL("./testing/shelf/shelf.ts", import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "validate-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A scenario of which some fields are others. */
function written(id: string, fields = ""): void {
  writeFileSync(
    join(folder, `${id}.mjs`),
    `import * as f from "faultline"; import { people, phases, shelf } from ${JSON.stringify(shelf)};
     const { seconds, milliseconds, redis, service } = f; const system = shelf();
     const faults = [{ at: seconds(0.1), lasting: seconds(1), inject: f.kill("store") }];
     export default { name: "x", expects: "", system, workload: people, phases, faults,
       checks: [f.noWrongAnswers()], ${fields} };`,
  );
}

interface Answer {
  readonly exit: number;
  readonly printed: string;
  readonly document: { readonly valid?: readonly string[] };
  readonly error?: FaultlineError;
}

/** What the command answers. */
async function answer(json = false): Promise<Answer> {
  const printed: string[] = [];
  let document: unknown = {};
  const output: Output = {
    json: (one) => (document = one),
    print: (...lines) => void printed.push(...lines),
    say: () => undefined,
    call: () => undefined,
    pin: () => undefined,
    isQuiet: false,
    isLive: false,
    colours: createColors(false),
    width: 100,
  };
  try {
    const exit = await validate([], { scenarios: folder, env: "local", json }, output);
    return { exit, printed: printed.join("\n"), document: document as Answer["document"] };
  } catch (error) {
    const text = explain(error).join("\n");
    return { exit: exitFor(error), printed: text, document: errorDocument(error), error: error as FaultlineError };
  }
}

describe("validate", () => {
  it("names what is right", async () => {
    written("one");
    written("two");
    expect(await answer()).toMatchObject({
      exit: exits.pass,
      printed: expect.stringMatching(/✓ one {2}1 fault, 1 check, \d+ operations\n✓ two/),
    });
    expect((await answer(true)).document).toMatchObject({ valid: ["one", "two"], skipped: [] });
  });

  it("reports all problems of all files at once, also where some cannot be loaded", async () => {
    written("a-right");
    writeFileSync(join(folder, "b-throws.mjs"), 'throw new Error("no price list");');
    writeFileSync(join(folder, "c-syntax.mjs"), "export default {");
    writeFileSync(join(folder, "d-promise.mjs"), "export default Promise.resolve({});");
    written(
      "e-checks",
      "checks: [f.noStaleReads({ withIn: 2000 }), undefined, f.noLostWrites, f.recoversWithin('3s')],",
    );
    written(
      "f-system",
      "system: { ...system, entry: 'wbe' }, faults: [{ at: 1, lasting: seconds(1), inject: f.kill('store') }],",
    );
    written("g-program", "system: shelf({}), checks: [f.noWrongAnswers()], workload: { ...people, perSceond: 3 },");
    written(
      "h-command",
      "system: f.system({ name: 's', entry: 'web', components: { store: redis(), web: service({ command: ['no-such-program'], readyPath: '/' }) } }),",
    );
    written("i-cannot", "checks: [f.noLostJobs(), f.latencyWithin({ p999: seconds(1) })],");
    const { exit, error, printed } = await answer();
    expect(exit).toBe(exits.usage);
    const said = error!.problems.map(
      ({ code, where }) =>
        `${where
          .split(/:|\.mjs/)[0]!
          .split("/")
          .at(-1)} ${code}`,
    );
    expect(said.toSorted()).toEqual([
      "b-throws SCENARIO_NOT_LOADED",
      "c-syntax SCENARIO_NOT_LOADED",
      "d-promise NOT_A_SCENARIO",
      "e-checks BAD_CHECK",
      "e-checks NOT_A_CHECK",
      "e-checks NOT_A_CHECK",
      "e-checks UNKNOWN_OPTION",
      "f-system BAD_TIME",
      "f-system UNKNOWN_COMPONENT",
      "g-program UNKNOWN_FIELD",
      "h-command COMMAND_NOT_FOUND",
      "i-cannot CANNOT_DECIDE",
      "i-cannot CANNOT_DECIDE",
      "i-cannot CANNOT_DECIDE",
    ]);
    expect(printed).toContain(
      'faultline: e-checks: checks[0]: noStaleReads.withIn: is unknown [UNKNOWN_OPTION]\n  Did you mean "within"?',
    );
    expect(printed).toContain(
      'f-system: system.entry: there is no component "wbe" [UNKNOWN_COMPONENT]\n  Did you mean "web"?',
    );
    expect(printed).toMatch(/i-cannot: checks\[1\]: latencyWithin: a p999 takes 10,000 operations, and [\d,]+ are due/);
    expect(printed).not.toMatch(/a bug in Faultline|Invalid input|\[object /);
    // As a program reads them: the same, each with its four parts.
    const { document } = await answer(true);
    expect(document).toMatchObject({ error: { code: expect.any(String), problems: error!.problems } });
  });
});
