// The guardian of an engine of our own: a process that outlives whoever wanted the engine. It waits on a pipe whose
// other end that one holds; when the pipe closes, it ends the engine with everything in it, and takes away what the
// engine would leave: its folder, and its control groups. `node guardian.mjs <folder>`, started by `own-engine.mjs`.
import { spawn } from "node:child_process";
import { existsSync, openSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const goneWithinMs = 15_000;
const [folder = ""] = process.argv.slice(2);
// Not by the name of groups that a run makes: whoever looks for those must not find these.
const groups = basename(folder).replace(/^faultline-/, "");

// A Ctrl-C meant for the owner must not take the one who cleans up.
for (const signal of /** @type {const} */ (["SIGINT", "SIGHUP", "SIGTERM", "SIGQUIT"])) process.on(signal, () => {});

writeFileSync(join(folder, "daemon.json"), "{}");
const log = openSync(join(folder, "engine.log"), "a");
// Namespaces of its own for the network, mounts and processes: nothing of this machine's is changed, and the death of
// the one process `unshare` is the end of all of them. It dies with us.
const namespaces = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child=SIGKILL", "--mount-proc"];
const options = {
  "config-file": join(folder, "daemon.json"),
  host: `unix://${join(folder, "docker.sock")}`,
  "data-root": join(folder, "data"),
  "exec-root": join(folder, "exec"),
  pidfile: join(folder, "pid"),
  ip: "127.0.0.1",
  // Without a proxy process a published port costs next to nothing.
  "userland-proxy": "false",
  // Where systemd runs, the engine would ask it for groups, and it knows nothing of ours.
  "exec-opt": "native.cgroupdriver=cgroupfs",
  "cgroup-parent": `/${groups}`,
  "log-driver": "local",
  "log-level": "warn",
};
const engine = ["dockerd", ...Object.entries(options).map(([name, value]) => `--${name}=${value}`)];
const child = spawn(
  "setpriv",
  [
    "--pdeathsig",
    "KILL",
    ...namespaces,
    "--",
    "sh",
    "-c",
    'ip link set lo up; exec docker-init -- "$@"',
    "sh",
    ...engine,
  ],
  { stdio: ["ignore", log, log], cwd: folder },
);

let isOver = false;
child.once("error", () => void finish());
child.once("exit", () => void finish());
process.stdin.on("error", () => undefined);
process.stdin.on("close", () => void finish());
process.stdin.resume();
void tellInit();

/** The first process of the namespace, in our own numbering: by it others find the way in. */
async function tellInit() {
  for (; !isOver; await sleep(20)) {
    const pid = childrenOf(child.pid ?? 0)[0];
    if (pid === undefined) continue;
    writeFileSync(join(folder, "init.new"), String(pid));
    // Whole or not at all.
    renameSync(join(folder, "init.new"), join(folder, "init"));
    return;
  }
}

async function finish() {
  if (isOver) return;
  isOver = true;
  const [init] = childrenOf(child.pid ?? 0);
  child.kill("SIGKILL");
  const deadline = Date.now() + goneWithinMs;
  while (init !== undefined && existsSync(`/proc/${init}`) && Date.now() < deadline) await sleep(20);
  // Gone at once, for whoever wonders whether the engine may come back; what it holds takes a while to be deleted.
  renameSync(folder, `${folder}.gone`);
  await removeGroups(deadline);
  rmSync(`${folder}.gone`, { recursive: true, force: true, maxRetries: 5 });
  process.exit();
}

/** @param {number} pid @returns {readonly number[]} */
function childrenOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** A control group is a folder that can be removed when nobody is in it any more, from the innermost outwards. */
async function removeGroups(/** @type {number} */ deadline) {
  const root = "/sys/fs/cgroup";
  const places = [root, ...namesIn(root).map((name) => join(root, name))].map((place) => join(place, groups));
  while (places.filter((place) => existsSync(place)).some((place) => !isRemoved(place)) && Date.now() < deadline) {
    await sleep(50);
  }
}

/** @param {string} group @returns {boolean} */
function isRemoved(group) {
  try {
    for (const name of namesIn(group)) isRemoved(join(group, name));
    rmdirSync(group);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} folder @returns {readonly string[]} */
function namesIn(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return [];
  }
}
