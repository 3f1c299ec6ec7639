import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const module = fileURLToPath(new URL("./foreign-process.ts", import.meta.url));
const nobody = 65_534;

/** What somebody else than root, who may not signal our processes, is told of one of them. */
function foundByNobody(pid: number): unknown {
  const program = `
    const { findProcess } = await import(${JSON.stringify(module)});
    console.log(JSON.stringify(findProcess("cache", { at: "", pid: ${pid} }, { host: "127.0.0.1", port: 6379 })));
  `;
  const args = ["--no-warnings", "--input-type=module", "-e", program];
  const text = execFileSync(process.execPath, args, { uid: nobody, gid: nobody, encoding: "utf8", cwd: "/" });
  return JSON.parse(text);
}

test.runIf(process.platform === "linux" && process.getuid?.() === 0)(
  "a process that belongs to somebody else is left alone, and that is said",
  async () => {
    const server = spawn("sleep", ["60"]);
    await once(server, "spawn");
    try {
      expect(foundByNobody(server.pid!)).toEqual({
        problem: {
          code: "PROCESS_NOT_YOURS",
          where: "cache",
          message: `process ${server.pid} belongs to somebody else, whom we may not signal`,
          remedy: expect.stringContaining("as that user"),
        },
      });
    } finally {
      server.kill("SIGKILL");
    }
  },
);
