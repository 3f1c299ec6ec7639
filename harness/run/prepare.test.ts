import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { FaultlineError } from "../model/errors.ts";
import type { PrepareContext, Workload } from "../model/workload.ts";
import { prepareWorkloads } from "./prepare.ts";

const context = (signal = new AbortController().signal): PrepareContext => ({
  targets: [{ host: "127.0.0.1", port: 1 }],
  runToken: "t",
  signal,
});
const workload = (name: string, prepare?: Workload["prepare"]): Workload => ({
  name,
  perSecond: 1,
  keys: 1,
  sessions: 1,
  operations: {},
  ...(prepare === undefined ? {} : { prepare }),
});

test("workloads are prepared one after the other, each told where the system is", async () => {
  const seen: string[] = [];
  const note = (name: string) => async (given: PrepareContext) => {
    await sleep(name === "a" ? 20 : 0);
    seen.push(`${name} ${given.targets[0]?.port} ${given.runToken}`);
  };
  await prepareWorkloads([workload("a", note("a")), workload("none"), workload("b", note("b"))], context());
  expect(seen).toEqual(["a 1 t", "b 1 t"]);
});

test("one that fails ends the run before its load, and says which it was and why", async () => {
  const failing = workload("b", () => Promise.reject(new Error("no such tenant")));
  const error = await prepareWorkloads([failing], context()).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(FaultlineError);
  expect(error).toMatchObject({ code: "WORKLOAD_NOT_PREPARED", exit: 3 });
  expect(String(error)).toContain("workload b: prepare: no such tenant");
});

test("one that hangs is given up when the run is", async () => {
  const stop = new AbortController();
  const hanging = workload("h", () => new Promise(() => undefined));
  const waiting = prepareWorkloads([hanging], context(stop.signal));
  stop.abort(new Error("enough"));
  await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
});
