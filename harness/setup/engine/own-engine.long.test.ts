import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Faultline, scenarios, temporaryFolder } from "../../cli/testing/faultline.ts";
import { onPath } from "../programs.mjs";
import { whyNoOwnEngine } from "./own-engine.mjs";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const modules = ["own-engine", "images"].map((name) => new URL(`./${name}.mjs`, import.meta.url).href);
// An engine that makes and removes control groups holds up whoever else does, for seconds: not beside other tests.
const isMeant = process.env["FAULTLINE_IMAGES"] !== undefined;
const whyNot =
  whyNoOwnEngine() ??
  (onPath("dockerd") === undefined ? "dockerd is not here" : isMeant ? undefined : "only by `npm run engine`");

/** An owner of an engine with images, which tells of it and waits. */
const program = `
  const [{ startEngine }, { bringImages, ownImages }] = await Promise.all(${JSON.stringify(modules)}.map((one) => import(one)));
  const { signal } = new AbortController();
  const engine = await startEngine(signal);
  const company = { root: ${JSON.stringify(root)}, say: () => undefined, during: (_, body) => body(), signal };
  await bringImages(engine.host, company);
  console.log(JSON.stringify({ host: engine.host, enter: engine.within([]), images: ownImages }));
  process.on("SIGTERM", async () => { await engine.stop(); process.exit(0); });
  setInterval(() => undefined, 1000);
`;

let owner: ChildProcess;
afterEach(() => void owner.kill("SIGKILL"));

async function startOwner() {
  owner = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  owner.stdout?.on("data", (part) => {
    said += String(part);
  });
  await vi.waitFor(() => expect(said).toContain("\n"), { timeout: 240_000, interval: 100 });
  const { host, enter, images } = JSON.parse(said) as { host: string; enter: string[]; images: object };
  const folder = dirname(host.slice("unix://".length));
  return { host, enter, images, folder, init: Number(readFileSync(join(folder, "init"), "utf8")) };
}

/** Control groups by the engine's name. */
function groups(folder: string): readonly string[] {
  const name = folder.replace(/^.*faultline-/, "");
  const at = "/sys/fs/cgroup";
  return ["", ...readdirSync(at)].map((place) => join(at, place, name)).filter((group) => existsSync(group));
}

describe.skipIf(whyNot !== undefined)(`an engine of our own${whyNot === undefined ? "" : `: ${whyNot}`}`, () => {
  test.each(["SIGKILL", "SIGTERM"] as const)("ends with its owner's %s, and leaves nothing", async (signal) => {
    const { folder, init } = await startOwner();
    expect(existsSync(`/proc/${init}`)).toBe(true);
    owner.kill(signal);
    await vi.waitFor(
      () => {
        expect(existsSync(`/proc/${init}`)).toBe(false);
        expect([folder, `${folder}.gone`].filter((path) => existsSync(path))).toEqual([]);
        expect(groups(folder)).toEqual([]);
      },
      { timeout: 60_000, interval: 100 },
    );
  });

  test("that is lost in mid-run ends the run with what happened: exit 3, and nothing is left", async () => {
    const { host, enter, images } = await startOwner();
    const reports = temporaryFolder();
    const args = ["run", "long-cut", "--env", "containers", "--scenarios", scenarios, "-o", reports.path];
    const environment = { DOCKER_HOST: host, FAULTLINE_IMAGES: JSON.stringify(images), FAULTLINE_PULL: "never" };
    const faultline = new Faultline(args, { output: reports.path, environment, within: enter });
    await faultline.until("phase", { phase: "steady" });
    owner.kill("SIGKILL");
    const exit = await faultline.ended();
    expect(faultline.stderr).toContain("[ENGINE_LOST]");
    expect([exit, faultline.events().filter(({ type }) => type === "error")]).toEqual([3, [expect.anything()]]);
    expect(existsSync(faultline.identity().scratch)).toBe(false);
    reports.remove();
  });
});
