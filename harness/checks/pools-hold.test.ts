import { describe, expect, it } from "vitest";
import type { ConnectionsWatched, RunEvent } from "../model/events.ts";
import type { Receipt } from "../model/fault.ts";
import { seconds } from "../model/units.ts";
import { poolsHold } from "./pools-hold.ts";
import { evidenceOf } from "./testing/history.ts";

const link = (on: string, atMost?: number, rest: Partial<ConnectionsWatched> = {}): ConnectionsWatched => ({
  on,
  seen: "proxy",
  ...(atMost === undefined ? {} : { atMost }),
  looks: 40,
  gaps: [],
  ...rest,
});
const server = (rest: Partial<ConnectionsWatched> = {}): ConnectionsWatched =>
  link("db", 97, { seen: "server", ...rest });
const usual: readonly ConnectionsWatched[] = [link("api-1->db", 12), link("worker->db", 14), server()];

const open = (on: string, count: number, atMost?: number, seen: "proxy" | "server" = "proxy"): RunEvent => ({
  atMs: 12_000,
  type: "connections",
  on,
  seen,
  open: count,
  ...(atMost === undefined ? {} : { atMost }),
});
const statement = (forMs: number): RunEvent => ({
  atMs: 15_000,
  type: "statement",
  instance: "db",
  forMs,
  state: "active",
  text: "UPDATE products SET price = $1",
  waitsFor: "Lock relation",
});
const watchedAs = (watched: readonly ConnectionsWatched[]): RunEvent => ({
  atMs: 30_000,
  type: "connectionsWatched",
  watched,
});

const judged = (
  events: readonly RunEvent[],
  { watched = usual, options = {}, receipts = [] as readonly Receipt[] } = {},
) => poolsHold(options).judge(evidenceOf([], { receipts, events: [...events, watchedAs(watched)] }));
const statementsWithin = seconds(2);

describe("the connections of an instance", () => {
  it("finds one that has more than it states, and says how many", () => {
    expect(judged([open("api-1->db", 9, 12), open("api-1->db", 60, 12)])).toMatchObject({
      verdict: "fail",
      actual: "api-1->db had 60 connections open, and states 12",
    });
  });

  it("lets it have as many as it states, and names the fullest", () => {
    expect(judged([open("api-1->db", 12, 12), open("worker->db", 5, 14)])).toMatchObject({
      verdict: "pass",
      actual: "2 pools, the fullest api-1->db with 12 of 12",
      numbers: { links: 2, open: 12, atMost: 12 },
    });
  });

  it("names a large pool rather than a single connection", () => {
    const events = [open("api-1->cache", 1, 1), open("api-1->db", 12, 12), open("api-2->cache", 1, 1)];
    expect(judged(events).actual).toContain("the fullest api-1->db with 12 of 12");
  });

  it("counts the others that have too many", () => {
    expect(judged([open("api-1->db", 13, 12), open("worker->db", 15, 14)]).actual).toBe(
      "api-1->db had 13 connections open, and states 12; and 1 more",
    );
  });

  it("has nothing against any number over a link that states none, beside one that does", () => {
    const watched = [link("api-1->db", 12), link("api-1->cache")];
    expect(judged([open("api-1->cache", 500)], { watched }).verdict).toBe("pass");
  });

  it("fails by what was seen of a run that did not come to its end", () => {
    const events = [open("api-1->db", 60, 12)];
    expect(poolsHold().judge(evidenceOf([], { events })).verdict).toBe("fail");
  });
});

describe("the connections to a server", () => {
  it("finds more over all links than it takes", () => {
    const watched = [link("api-1->cache", 60), link("cache", 100)];
    expect(judged([open("cache", 101, 100)], { watched })).toMatchObject({
      verdict: "fail",
      actual: "cache had 101 connections open, and takes 100: others are turned away",
    });
    expect(judged([open("cache", 100, 100)], { watched }).verdict).toBe("pass");
  });

  it("finds a server that is full where the links to it state more than it takes, or nothing", () => {
    const full = [open("db", 97, 97, "server")];
    expect(judged(full, { watched: [link("api-1->db", 60), link("api-2->db", 60), server()] }).verdict).toBe("fail");
    expect(judged(full, { watched: [link("api-1->db", 12), link("api-2->db"), server()] }).verdict).toBe("fail");
    expect(judged(full, { watched: [link("api-1->db", 48), link("api-2->db", 49), server()] }).verdict).toBe("pass");
  });

  it("lets one be nearly full", () => {
    expect(judged([open("db", 96, 97, "server")]).verdict).toBe("pass");
  });
});

describe("statements that outlive their caller", () => {
  it("finds one that was at work for longer, and what it waited for", () => {
    expect(judged([statement(1500), statement(5200)], { options: { statementsWithin } })).toMatchObject({
      verdict: "fail",
      actual:
        "a statement was active in db for 5.2 s, waiting for Lock relation (allowed: 2 s): UPDATE products SET price = $1",
    });
  });

  it("lets one take as long as is allowed", () => {
    const result = judged([statement(2000)], { options: { statementsWithin } });
    expect(result).toMatchObject({ verdict: "pass", actual: expect.stringContaining("the longest 2 s") as string });
  });

  it("does not look at them unless it is asked to", () => {
    expect(judged([statement(60_000)]).verdict).toBe("pass");
  });

  it("decides them also where no link states a number", () => {
    const watched = [link("api-1->db"), server()];
    expect(judged([], { watched, options: { statementsWithin } }).verdict).toBe("pass");
    expect(judged([statement(2001)], { watched, options: { statementsWithin } }).verdict).toBe("fail");
  });

  it("excuses no fault: a time-out ends what a lock holds up, too", () => {
    const receipts = [{ injection: "i1", on: "db", requestedMs: 11_000, healProvenMs: 19_000, before: {} }];
    expect(judged([statement(5000)], { receipts, options: { statementsWithin } }).verdict).toBe("fail");
  });
});

describe("what was not seen", () => {
  it("decides nothing of a run in which nothing was watched, as one of an earlier version", () => {
    const result = poolsHold({ statementsWithin }).judge(evidenceOf([], { events: [open("api-1->db", 3, 12)] }));
    expect(result).toMatchObject({ verdict: "inconclusive", actual: expect.stringContaining("not watched") as string });
  });

  it("decides nothing where no link states a number, and says what to state", () => {
    expect(judged([open("api-1->db", 3)], { watched: [link("api-1->db"), server()] })).toMatchObject({
      verdict: "inconclusive",
      actual: "no link states how many connections it keeps, so there is nothing to judge by",
      remedy: expect.stringContaining("connections: 12") as string,
    });
  });

  it.each([
    ["was never looked at", { looks: 0 }],
    ["was looked at once", { looks: 1 }],
    ["was not seen for a while", { gaps: [{ fromMs: 12_000, toMs: 18_000 }] }],
  ])("decides nothing when a link that states a number %s", (_, rest) => {
    expect(judged([], { watched: [link("api-1->db", 12), link("worker->db", 14, rest)] }).verdict).toBe("inconclusive");
    // Of one that states none, nothing is claimed.
    expect(judged([], { watched: [link("api-1->db", 12), link("worker->db", undefined, rest)] }).verdict).toBe("pass");
  });

  it("decides nothing of statements when no server could be asked, or one not for a while", () => {
    const asked = { options: { statementsWithin } };
    const gap = { gaps: [{ fromMs: 12_000, toMs: 18_000 }] };
    expect(judged([], { ...asked, watched: [link("api-1->db", 12)] }).verdict).toBe("inconclusive");
    expect(judged([], { ...asked, watched: [link("api-1->db", 12), server(gap)] }).verdict).toBe("inconclusive");
    expect(judged([], { ...asked, watched: [link("api-1->db", 12), server({ looks: 0 })] }).verdict).toBe(
      "inconclusive",
    );
  });

  it("does not mind that a server says nothing while a fault keeps it from answering, and only then", () => {
    const watched = [link("api-1->db", 12), server({ gaps: [{ fromMs: 10_500, toMs: 23_000 }] })];
    const of = (on: string) => [{ injection: "i1", on, requestedMs: 11_000, healProvenMs: 19_000, before: {} }];
    const options = { statementsWithin };
    expect(judged([], { watched, options, receipts: of("db") }).verdict).toBe("pass");
    expect(judged([], { watched, options, receipts: of("api-1") }).verdict).toBe("inconclusive");
    const later = [link("api-1->db", 12), server({ gaps: [{ fromMs: 10_500, toMs: 25_000 }] })];
    expect(judged([], { watched: later, options, receipts: of("db") }).verdict).toBe("inconclusive");
  });

  it.each([
    ["a number that is a text", { ...open("api-1->db", 3, 12), open: "3" }],
    ["a limit that is a text", { ...open("api-1->db", 3, 12), atMost: "12" }],
    ["a link without a name", { ...open("api-1->db", 3, 12), on: undefined }],
    ["a statement without a time", { ...statement(900), forMs: null }],
    ["a watch that lists nothing", { ...watchedAs([]), watched: undefined }],
    ["a watch of a link without gaps", watchedAs([{ ...link("api-1->db", 12), gaps: undefined as never }])],
  ])("decides nothing by %s", (_, event) => {
    expect(judged([event as unknown as RunEvent]).verdict).toBe("inconclusive");
  });
});

it("refuses options that mean nothing", () => {
  expect(poolsHold({ statementsWithin: seconds(0.2) }).problems).toHaveLength(1);
  expect(poolsHold({ statementWithin: seconds(2) } as never).problems).toHaveLength(1);
});
