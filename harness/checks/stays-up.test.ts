import { expect, it } from "vitest";
import type { Receipt } from "../model/fault.ts";
import { staysUp } from "./stays-up.ts";
import { evidenceOf } from "./testing/history.ts";

const receipt = { injection: "i1", requestedMs: 11_000, before: {} };
const judged = (instance: string, how: { atMs: number; expected?: boolean }, receipts: readonly Receipt[] = []) =>
  staysUp().judge(
    evidenceOf([], {
      receipts,
      events: [
        { atMs: 100, type: "started", instance: "api-1", pid: 1, tookMs: 5 },
        { atMs: 100, type: "started", instance: "worker-1", pid: 2, tookMs: 5 },
        { atMs: how.atMs, type: "exited", instance, pid: 1, how: "exit 1", expected: how.expected ?? false },
      ],
    }),
  );

it("finds a process that ended by itself, and says which and how", () => {
  expect(judged("api-1", { atMs: 12_000 })).toMatchObject({
    verdict: "fail",
    actual: "api-1 ended by itself: exit 1",
    numbers: { started: 2, crashed: 1 },
  });
});

it("does not mind what Faultline ended", () => {
  expect(judged("api-1", { atMs: 12_000, expected: true })).toMatchObject({
    verdict: "pass",
    actual: "2 processes, none ended by itself",
  });
});

it("lets a process die of a fault that acts on it, and no other, and not before or after", () => {
  const acting = [{ ...receipt, on: "api-1", healProvenMs: 19_000 }];
  expect(judged("api-1", { atMs: 11_500 }, acting).verdict).toBe("pass");
  expect(judged("worker-1", { atMs: 11_500 }, acting).verdict).toBe("fail");
  expect(judged("api-1", { atMs: 10_999 }, acting).verdict).toBe("fail");
  expect(judged("api-1", { atMs: 19_001 }, acting).verdict).toBe("fail");
  expect(judged("api-1", { atMs: 25_000 }, [{ ...receipt, on: "api-1" }]).verdict).toBe("pass");
});

it("is of no use to a fault on a link: what dies of that has died of another's fault", () => {
  expect(judged("api-1", { atMs: 12_000 }, [{ ...receipt, on: "api-1->postgres" }]).verdict).toBe("fail");
});

it("decides nothing when no process was started", () => {
  expect(staysUp().judge(evidenceOf([], { events: [] })).verdict).toBe("inconclusive");
});
