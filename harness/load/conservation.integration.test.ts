import { expect, it } from "vitest";
import { outcomeCode } from "../model/history.ts";
import { milliseconds } from "../model/units.ts";
import { expectConserved, expectNothingLeft, openConnections } from "./testing/conserved.ts";
import { many, operation, servingApart, type Trial, tried } from "./testing/rig.ts";

// Intended = sum of outcomes, whatever the server does, and nothing of the load is alive afterwards.

expectNothingLeft();

const count = 1000;
const damaging = { from: count / 4, to: count / 2 };

/** Every other operation of the second quarter asks for the damage, the others are plain. */
const paths = (damage: string) => ({
  request: ({ id }: { id: number }) => {
    const isDamaged = id >= damaging.from && id < damaging.to && id % 2 === 0;
    return { method: "GET" as const, path: isDamaged ? damage : `/${id}` };
  },
});

it.each(["/fin", "/rst", "/silent"])("conserves under %s", async (damage) => {
  await using server = await servingApart();
  const each = operation("/", { deadline: milliseconds(3000), ...paths(damage) });
  const { sink, report } = await tried({
    operations: { each },
    targets: [server.address],
    arrivals: many(count, 2),
  });
  expectConserved(sink, report, count);
  expect(report.overflow).toBe(0);
  const unknown = sink.records.filter(({ outcome }) => outcome === outcomeCode("unknown")).map(({ id }) => id);
  const damaged = Array.from({ length: 125 }, (_, index) => damaging.from + 2 * index);
  // Whatever was asked for in vain may have happened; on a machine that stalls for 3 s, others too.
  expect(unknown).toEqual(expect.arrayContaining(damaged));
  expect(sink.outcomesSeen()).toContain("ok");
  expect(openConnections()).toEqual([]);
});

it.each(["SIGKILL", "SIGSTOP"] as const)("conserves under %s", async (signal) => {
  await using server = await servingApart();
  const trial: Trial = {
    operations: { each: operation("/", { deadline: milliseconds(700) }) },
    targets: [server.address],
    arrivals: many(count, 2),
    onProgress: ({ due }) => {
      if (due > damaging.from) server.child.kill(signal);
    },
  };
  const { sink, report } = await tried(trial);
  expectConserved(sink, report, count);
  expect(sink.outcomesSeen()).toContain("ok");
  expect(sink.outcomesSeen()).toContain(signal === "SIGKILL" ? "failed" : "unknown");
  expect(openConnections()).toEqual([]);
});
