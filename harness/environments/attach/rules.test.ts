import { describe, expect, test } from "vitest";
import { type AttachedLink, type AttachedSettings, attached } from "../../model/attached.ts";
import { system } from "../../model/system.ts";
import { parseAddress } from "./address.ts";
import { attachRules } from "./rules.ts";

const web = { kind: "http", at: "127.0.0.1:8080", readyPath: "/" } as const;
const of = (settings: object, links: Record<string, AttachedLink> = {}) =>
  system({
    name: "running",
    entry: "web",
    components: {
      cache: attached({ kind: "redis", at: "127.0.0.1:6379" }),
      web: attached({ ...web, ...settings, links } as AttachedSettings),
    } as never,
  });
const problemsOf = (...args: Parameters<typeof of>) =>
  attachRules.problems(of(...args)).map(({ code, where }) => `${code} ${where.replace("system.components.", "")}`);

describe("where a component runs", () => {
  test.each([
    ["127.0.0.1:6379", { host: "127.0.0.1", port: 6379 }],
    ["cache.example:1", { host: "cache.example", port: 1 }],
    ["[::1]:65535", { host: "::1", port: 65_535 }],
  ])("%s is an address", (text, address) => expect(parseAddress(text)).toEqual(address));

  test.each(["6379", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "redis://127.0.0.1:6379", "::1:6379", "a b:1", ""])(
    "%j is none",
    (text) => {
      expect(parseAddress(text)).toBeUndefined();
      expect(problemsOf({ at: text })).toEqual(["BAD_ADDRESS web.at"]);
    },
  );
});

test("nothing is wrong with what is right", () => {
  expect(problemsOf({ pid: 4711 }, { CACHE: { to: "cache", toxiproxy: "127.0.0.1:8474", proxy: "cache" } })).toEqual(
    [],
  );
  expect(problemsOf({ pidFile: "/run/web.pid", livePath: "/live?full" })).toEqual([]);
});

test.each<[string, object, string]>([
  ["a process id that is none", { pid: 1 }, "BAD_PID web.pid"],
  ["a process id and a file", { pid: 4711, pidFile: "web.pid" }, "BAD_PID web.pid"],
  ["a process of another machine", { pid: 4711, at: "192.0.2.1:80" }, "BAD_PID web.pid"],
  ["a container and a process", { pid: 4711, container: "web-1" }, "BAD_CONTAINER web.container"],
  ["a container that is no name", { container: "a b" }, "BAD_CONTAINER web.container"],
  ["no path", { readyPath: undefined }, "BAD_SETTING web.readyPath"],
  ["a path that is a URL", { livePath: "http://x/" }, "BAD_SETTING web.livePath"],
  ["a postgres without its user", { kind: "postgres", database: "d" }, "BAD_SETTING web.user"],
  [
    "an admin who is the application",
    { kind: "postgres", database: "d", user: "u", admin: { user: "u" } },
    "BAD_SETTING web.admin",
  ],
  ["a password that is no text", { kind: "redis", password: 7 }, "BAD_SETTING web.password"],
])("%s is refused", (_what, settings, problem) => expect(problemsOf(settings)).toEqual([problem]));

test("a link is refused that names no proxy, or one that another link goes through", () => {
  const link = { to: "cache", toxiproxy: "127.0.0.1:8474", proxy: "p" };
  expect(problemsOf({}, { A: { ...link, toxiproxy: "8474" } })).toEqual(["BAD_ADDRESS web.links.A.toxiproxy"]);
  expect(problemsOf({}, { A: { ...link, proxy: "" } })).toEqual(["BAD_PROXY web.links.A.proxy"]);
  expect(problemsOf({}, { A: link, B: link })).toEqual([]);
  expect(problemsOf({}, { A: link, B: { ...link, to: "web" } })).toEqual(["PROXY_SHARED system"]);
});

test("only what a process was told of can be paused, and only a postgres with an admin be broken from inside", () => {
  expect(attachRules.lacksOn(of({}), "pause", "web")?.remedy).toMatch(/pid/);
  expect(attachRules.lacksOn(of({ pid: 4711 }), "pause", "web")).toBeUndefined();
  expect(attachRules.lacksOn(of({ pidFile: "x" }), "pause", "web")).toBeUndefined();
  expect(attachRules.lacksOn(of({ container: "web-1" }), "pause", "web")).toBeUndefined();
  expect(attachRules.lacksOn(of({}), "network", "clients->web")).toBeUndefined();
  expect(attachRules.lacksOn(of({}), "redis", "cache")).toBeUndefined();
  const db = { kind: "postgres", database: "d", user: "u" };
  expect(attachRules.lacksOn(of(db), "postgres", "web")?.remedy).toMatch(/admin/);
  expect(attachRules.lacksOn(of({ ...db, admin: { user: "postgres" } }), "postgres", "web")).toBeUndefined();
});
