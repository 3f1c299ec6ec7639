import { expect, it } from "vitest";
import type { RunEvent } from "../model/events.ts";
import { timelineOf } from "./timeline.ts";

const open = (count: number, atMost?: number): RunEvent => ({
  atMs: 100 + count,
  type: "connections",
  on: "api-1->db",
  seen: "proxy",
  open: count,
  ...(atMost === undefined ? {} : { atMost }),
});

it("shows connections only where there are too many, and not how they were watched", () => {
  const watched: RunEvent = { atMs: 900, type: "connectionsWatched", watched: [] };
  const { rows } = timelineOf([open(3), open(12, 12), open(13, 12), watched], null);
  expect(rows).toMatchObject([{ tone: "bad", what: "api-1->db: 13 connections open", detail: "at most 12" }]);
});

it("shows a statement that lasted, and what it waited for", () => {
  const statement: RunEvent = {
    atMs: 500,
    type: "statement",
    instance: "db",
    forMs: 2100,
    state: "active",
    text: "UPDATE x",
    waitsFor: "Lock relation",
  };
  expect(timelineOf([statement], null).rows).toMatchObject([
    { what: "db: a statement active for 2.1 s", detail: "UPDATE x · waits for Lock relation" },
  ]);
});
