import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describeIn } from "../environments/testing/here.ts";
import { engine } from "../environments/testing/worlds.ts";
import { countLabelled } from "../safety/labelled.ts";
import { Faultline, scenarios, temporaryFolder } from "./testing/faultline.ts";
import { Enclosure } from "./testing/residues.ts";

let folder: ReturnType<typeof temporaryFolder>;
let reports: string;
beforeEach(() => {
  folder = temporaryFolder();
  reports = join(folder.path, "reports");
  mkdirSync(reports);
});
afterEach(() => folder.remove());

function start(environment: Readonly<Record<string, string>> = {}, cwd?: string): Faultline {
  const args = ["run", "cut-store", "--env", "containers", "--scenarios", scenarios, "-o", reports, "--json"];
  return new Faultline(args, { output: reports, environment, ...(cwd === undefined ? {} : { cwd }) });
}

async function refused(environment: Readonly<Record<string, string>>, cwd?: string) {
  const faultline = start(environment, cwd);
  const exit = await faultline.ended();
  return { exit, stderr: faultline.stderr, document: JSON.parse(faultline.stdout) };
}

test("without an engine: exit 3, where it was looked for and what to do, and nothing was started", async () => {
  const { exit, stderr, document } = await refused({ DOCKER_HOST: `unix://${folder.path}/none.sock` });
  expect([exit, document.error.problems[0].code]).toEqual([3, "NO_ENGINE"]);
  expect(stderr).toContain(`no container engine answers at unix://${folder.path}/none.sock`);
  expect(stderr).toContain("--env local");
});

test("an address that is none of an engine: exit 3, and what would be one", async () => {
  const { exit, document } = await refused({ DOCKER_HOST: "ssh://somebody@somewhere" });
  expect([exit, document.error.problems[0].code]).toEqual([3, "ENGINE_NOT_SUPPORTED"]);
});

test("an engine on another machine: exit 3 at once, and why it would be of no use", async () => {
  const { exit, stderr, document } = await refused({ DOCKER_HOST: "tcp://engine.example:2375" });
  expect([exit, document.error.problems[0].code]).toEqual([3, "ENGINE_NOT_HERE"]);
  expect(stderr).toContain("tcp://engine.example:2375 is on another machine");
});

test("an engine that we may not ask: exit 3, who may not, and how to be let in", async () => {
  // Outside of the enclosing folder, which is ours alone.
  const place = mkdtempSync(join(tmpdir(), "denied-"));
  const socket = join(place, "docker.sock");
  const server = createServer().listen(socket);
  try {
    chmodSync(place, 0o755);
    await new Promise((resolve) => server.once("listening", resolve));
    chmodSync(socket, 0o600);
    const isRoot = process.getuid?.() === 0;
    if (!isRoot) chmodSync(socket, 0);
    const module = new URL("../environments/containers/engine.ts", import.meta.url).href;
    const program = `(await import(${JSON.stringify(module)})).connectToEngine().catch((e) => console.log(JSON.stringify(e.problems)))`;
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      env: { ...process.env, DOCKER_HOST: `unix://${socket}` },
      encoding: "utf8",
      ...(isRoot ? { uid: 65534, gid: 65534 } : {}),
    });
    expect(JSON.parse(stdout)).toMatchObject([{ code: "ENGINE_DENIED", remedy: expect.stringContaining("group") }]);
  } finally {
    server.close();
    rmSync(place, { recursive: true, force: true });
  }
});

test("a configuration of containers that makes no sense: exit 64, and what would", async () => {
  writeFileSync(
    join(folder.path, "faultline.config.mjs"),
    'export default { containers: { images: { reddis: "redis:8" } } };',
  );
  const { exit, document } = await refused({}, folder.path);
  expect([exit, document.error.problems[0].code]).toEqual([64, "UNKNOWN_FIELD"]);
  expect(document.error.problems[0].remedy).toBe('Did you mean "redis"?');
});

describeIn("containers", "in containers", () => {
  /** Whatever the engine has of the run. */
  const left = async (faultline: Faultline): Promise<number> =>
    countLabelled(engine(), `faultline.run=${faultline.identity().mark}`);

  test("a scenario runs as it does anywhere, finds what it finds, and leaves nothing", async () => {
    const faultline = start();
    expect(await faultline.ended()).toBe(1);
    const { runs } = JSON.parse(faultline.stdout);
    expect(runs).toMatchObject([{ verdict: "fail", environment: "containers" }]);
    expect(runs[0].replay).toContain("--env containers");
    expect(await left(faultline)).toBe(0);
  });

  test("images that can't be had: exit 3, each with whom was asked and what to do, before anything is started", async () => {
    const images = { redis: "registry.invalid/none:1", service: "none.invalid/nobody/node:24" };
    const environment = { FAULTLINE_IMAGES: JSON.stringify(images), FAULTLINE_PULL: "missing" };
    const { exit, stderr } = await refused(environment);
    expect(exit).toBe(3);
    expect(stderr).toContain("registry.invalid/none:1 could not be pulled from registry.invalid");
    expect(stderr).toContain("`docker pull none.invalid/nobody/node:24`");
    expect(stderr.match(/\[IMAGE_NOT_TO_BE_HAD\]/g)?.length).toBeGreaterThanOrEqual(2);
  });

  test("images for another machine: exit 3, for which they are, and which is needed", async () => {
    writeFileSync(
      join(folder.path, "faultline.config.mjs"),
      'export default { containers: { platform: "linux/s390x" } };',
    );
    const { exit, stderr } = await refused({ FAULTLINE_PULL: "never" }, folder.path);
    expect(exit).toBe(3);
    expect(stderr).toMatch(/is for \w+, and s390x is needed\s+\[WRONG_ARCHITECTURE\]/);
  });

  test("another engine than the one that DOCKER_HOST names is not asked for a thing", async () => {
    writeFileSync(join(folder.path, ".testcontainers.properties"), "tc.host=tcp://127.0.0.1:1\n");
    const named = await start({ HOME: folder.path }).ended();
    expect([0, 1, 2], "it ran").toContain(named);
    const socket = engine().url.replace("unix://", "");
    const relay = createServer((client) => {
      const upstream = connect(socket);
      client.pipe(upstream).pipe(client);
      for (const end of [client, upstream]) end.on("error", () => end.destroy());
    }).listen(0, "127.0.0.1");
    await once(relay, "listening");
    const { port } = relay.address() as AddressInfo;
    writeFileSync(join(folder.path, ".testcontainers.properties"), `tc.host=tcp://127.0.0.1:${port}\n`);
    try {
      const { exit, stderr, document } = await refused({ HOME: folder.path, DOCKER_HOST: engine().url });
      expect([exit, document.error.problems[0].code]).toEqual([3, "ENGINE_NOT_MEANT"]);
      expect(stderr).toContain(`names tcp://127.0.0.1:${port}`);
    } finally {
      relay.close();
    }
  });

  test("Ctrl-C in mid-run: exit 130, and nothing is left", async () => {
    const faultline = start();
    await faultline.until("started", { instance: "store" });
    faultline.child.kill("SIGINT");
    expect(await faultline.ended()).toBe(130);
    expect(await left(faultline)).toBe(0);
  });

  test("when the watchdog is killed with the runner, `faultline clean` removes what is left", async () => {
    const enclosure = new Enclosure();
    try {
      const environment = { TMPDIR: enclosure.temporary };
      const faultline = start(environment);
      await faultline.until("started", { instance: "store" });
      const all = enclosure.processes().map(({ pid }) => pid);
      expect(all.length).toBeGreaterThanOrEqual(2);
      for (const pid of all) process.kill(pid, "SIGKILL");
      await faultline.ended();
      expect(await left(faultline)).toBeGreaterThan(0);
      const clean = new Faultline(["clean"], { output: reports, environment });
      expect(await clean.ended()).toBe(0);
      expect(await left(faultline)).toBe(0);
      expect(enclosure.residues()).toEqual([]);
    } finally {
      enclosure.remove();
    }
  });
});
