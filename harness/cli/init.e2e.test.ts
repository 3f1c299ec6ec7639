import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Faultline, temporaryFolder } from "./testing/faultline.ts";

const fixtures = join(import.meta.dirname, "testing/compose");

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

async function faultline(cwd: string, ...args: readonly string[]) {
  const started = new Faultline(args, { output: join(folder.path, "reports"), cwd });
  const exit = await started.ended();
  return { exit, stdout: started.stdout, stderr: started.stderr };
}
const made = (path: string): string => readFileSync(join(folder.path, path), "utf8");

test.each(["ballots", "gallery", "pipeline"])(
  "%s: a configuration and a scenario, which validate reads, and never without --force over what is there",
  async (name) => {
    const source = join(fixtures, name);
    for (const file of readdirSync(source).filter((one) => /^\.env$|\.env$|\.yaml$/.test(one)))
      cpSync(join(source, file), join(folder.path, file));
    const init = ["init", "--from", "compose.yaml"];
    const first = await faultline(folder.path, ...init);
    expect(first.exit, first.stderr).toBe(0);
    const [config = "", scenario = ""] = first.stdout.trimEnd().split("\n");
    expect(config).toBe("faultline.config.ts");
    expect(scenario).toMatch(/^scenarios\/[a-z-]+\.ts$/);
    expect(made(scenario)).toBe(readFileSync(join(source, scenario), "utf8"));
    expect(first.stderr).toMatch(/^\d+ questions are marked/);

    // Where no containers can be started every one of them is told, and nothing else is wrong.
    const local = await faultline(folder.path, "validate", "--env", "local", "--json");
    expect(local.exit).toBe(64);
    const problems: readonly { code: string; message: string }[] = JSON.parse(local.stdout).error.problems;
    expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(["UNKNOWN_KIND"]));
    expect(problems[0]?.message).toBe('the environment local cannot start a "container"');

    writeFileSync(join(folder.path, config), "mine\n");
    const again = await faultline(folder.path, ...init);
    expect(again.exit).toBe(64);
    expect(again.stderr.match(/\[FILE_EXISTS\]/g)).toHaveLength(2);
    expect(made(config)).toBe("mine\n");
    const forced = await faultline(folder.path, ...init, "--force");
    expect(forced.exit, forced.stderr).toBe(0);
    expect(made(config)).not.toBe("mine\n");
    expect(readdirSync(folder.path).filter((one) => one.endsWith(".new"))).toEqual([]);
  },
);

test("a file with mistakes: exit 64, all of them with their lines, and nothing is written", async () => {
  writeFileSync(join(folder.path, "compose.yaml"), "services:\n  web:\n    ports: [x]\n  db: 7\n");
  const refused = await faultline(folder.path, "init", "--from", "compose.yaml");
  expect(refused.exit).toBe(64);
  expect(refused.stderr).toMatch(/compose\.yaml:4 services\.db: .*\[BAD_SERVICE\]/);
  expect(refused.stderr).toMatch(/compose\.yaml:3 services\.web\.ports\.0: .*\[BAD_PORT\]/);
  expect(refused.stderr).toMatch(/compose\.yaml:2 services\.web: .*\[NO_IMAGE\]/);
  expect((await faultline(folder.path, "init", "--from", "none.yaml")).stderr).toContain("[COMPOSE_NOT_READ]");
  expect((await faultline(folder.path, "init")).exit).toBe(64);
  expect(readdirSync(folder.path)).toEqual(["compose.yaml"]);
});

test("what can't be written leaves nothing by halves", async () => {
  writeFileSync(join(folder.path, "compose.yaml"), "services: {web: {image: x, ports: ['80:80']}}\n");
  writeFileSync(join(folder.path, "scenarios"), "a file where a folder should be\n");
  const refused = await faultline(folder.path, "init", "--from", "compose.yaml");
  expect(refused.exit).toBe(64);
  expect(refused.stderr).toContain("[NOT_WRITTEN]");
  expect(existsSync(join(folder.path, "faultline.config.ts"))).toBe(false);
  expect(readdirSync(folder.path).sort()).toEqual(["compose.yaml", "scenarios"]);
});
