import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { askEngine, type EngineAddress, engineAddress } from "../../safety/engine-api.ts";
import { countLabelled } from "../../safety/labelled.ts";
import { isAlive, listProcesses, markedProcesses } from "../../safety/processes.ts";

/** A proxy server that was stopped. */
export interface Frozen {
  /** Whether it is still the very same one. */
  areTheSame(): Promise<boolean>;
}

/** What tests see of an environment behind its back, and do to it. */
export interface World {
  /** How many things there are that carry a run's mark. */
  left(mark: string): Promise<number>;
  freezeProxies(mark: string): Promise<Frozen>;
}

const marked = (mark: string) => markedProcesses(mark, join(tmpdir(), "nowhere"));

const local: World = {
  left: (mark) => Promise.resolve(marked(mark).length),
  async freezeProxies(mark) {
    const proxies = marked(mark).find(({ pid }) => readFileSync(`/proc/${pid}/comm`, "utf8").includes("toxiproxy"))!;
    process.kill(proxies.pid, "SIGSTOP");
    // A signal takes its time to arrive.
    await vi.waitFor(() =>
      expect(listProcesses().find(({ pid }) => pid === proxies.pid)).toMatchObject({ state: "stopped" }),
    );
    return { areTheSame: () => Promise.resolve(isAlive(proxies)) };
  },
};

/** As the tests' own surroundings name it. */
export const engine = (): EngineAddress => engineAddress(process.env);

const containers: World = {
  left: (mark) => countLabelled(engine(), `faultline.run=${mark}`),
  async freezeProxies(mark) {
    const label = [`faultline.run=${mark}`, "faultline.instance=toxiproxy"];
    const filters = encodeURIComponent(JSON.stringify({ label }));
    const { body } = await askEngine(engine(), "GET", `/containers/json?filters=${filters}`, 5000);
    const [{ Id: id }] = body as [{ Id: string }];
    const pid = async (): Promise<unknown> => {
      const inspected = await askEngine(engine(), "GET", `/containers/${id}/json`, 5000);
      return (inspected.body as { State: { Pid: number } }).State.Pid;
    };
    const before = await pid();
    expect((await askEngine(engine(), "POST", `/containers/${id}/kill?signal=STOP`, 5000)).status).toBe(204);
    return { areTheSame: async () => (await pid()) === before };
  },
};

/** By the environment's name; what `attach` starts is a process, too. */
export const worlds = { local, containers, attach: local };
