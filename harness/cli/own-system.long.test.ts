import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { Faultline, temporaryFolder } from "./testing/faultline.ts";

const root = join(import.meta.dirname, "../..");
const example = join(root, "examples/own-system");
const page = readFileSync(join(root, "docs/your-own-system.md"), "utf8");

/** What a reader does, in the order of the page: writes a file, runs commands, changes lines. */
const steps = [...page.matchAll(/(?:`([\w./-]+\.ts)`[^`]*:\n\n)?```(ts|sh|diff)\n([\s\S]*?)```/g)].map(
  ([, file = "", language = "", code = ""]) => ({ file, language, code }),
);
const addedFiles = steps.filter(({ language }) => language === "ts");

test("the files on the page are those of the example, and take at most 60 lines together", () => {
  expect(addedFiles.map(({ file }) => file)).toEqual([
    "faultline.config.ts",
    "scenarios/database-dies.ts",
    "scenarios/cache-cut-off.ts",
  ]);
  for (const { file, code } of addedFiles) expect(code).toBe(readFileSync(join(example, file), "utf8"));
  expect(addedFiles.reduce((lines, { code }) => lines + code.trimEnd().split("\n").length, 0)).toBeLessThanOrEqual(60);
});

// Four runs, of half a minute each where the machine is busy.
const limitMs = 300_000;

test(
  "docs/your-own-system.md, followed to the letter, finds the weakness and shows that it is mended",
  async () => {
    const folder = temporaryFolder();
    const own = join(folder.path, "notes");
    try {
      for (const file of ["server.js", "package.json"]) cpSync(join(example, file), join(own, file));
      symlinkSync(join(root, "node_modules"), join(own, "node_modules"));
      for (const step of steps) await follow(own, step);
    } finally {
      folder.remove();
    }
  },
  limitMs,
);

async function follow(own: string, { file, language, code }: (typeof steps)[number]): Promise<void> {
  if (language === "ts") {
    mkdirSync(dirname(join(own, file)), { recursive: true });
    writeFileSync(join(own, file), code);
  } else if (language === "diff") change(join(own, "server.js"), code);
  else for (const line of code.trimEnd().split("\n")) await command(own, line);
}

async function command(own: string, line: string): Promise<void> {
  const [, args = "", exit = "0"] = /^npx faultline (.*?)(?: # exit (\d+))?$/.exec(line) ?? [];
  expect(args, line).not.toBe("");
  const reports = join(own, "reports");
  const faultline = new Faultline(args.split(" "), { output: reports, cwd: own });
  expect(await faultline.ended(), `${line}\n${faultline.stderr}`).toBe(Number(exit));
  if (exit === "1") expect(faultline.stderr).toMatch(/no stale reads beyond 2 s was broken/);
}

function change(file: string, diff: string): void {
  const [from = "", to = ""] = ["-", "+"].map((sign) =>
    diff
      .split("\n")
      .filter((line) => line.startsWith(sign))
      .map((line) => line.slice(1))
      .join("\n"),
  );
  const before = readFileSync(file, "utf8");
  expect(before).toContain(from);
  writeFileSync(file, before.replace(from, to));
}
