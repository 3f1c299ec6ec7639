import { expect, test } from "vitest";
import { faultKinds } from "../faults/index.ts";
import { container, type LinkDefinition, redis, system } from "../model/system.ts";
import { problemsOfSystem } from "./system-problems.ts";

const environment = { name: "elsewhere", capabilities: [], kinds: ["container", "redis"] };
const of = (settings: object, kinds = environment.kinds, others: object = {}) =>
  problemsOfSystem(
    system({
      name: "shop",
      entry: "web",
      components: {
        cache: redis(),
        ...others,
        web: container({ image: "example/web:1", port: 80, ...settings } as Parameters<typeof container>[0]),
      } as never,
    }),
    { faultKinds, environment: { ...environment, kinds } },
  ).map(({ code, where }) => `${code} ${where.replace("system.components.", "")}`);

test.each([
  { image: "localhost:5000/a/b-c_d:1.2-rc@sha256:".concat("0".repeat(64)) },
  { command: ["sh", "-c", ""], environment: { EMPTY: "" }, readyPath: "/health?full" },
])("%j is a container", (settings) => expect(of(settings)).toEqual([]));

test.each<[object, string]>([
  [{ image: "" }, "image"],
  [{ image: "web image" }, "image"],
  [{ image: undefined }, "image"],
  [{ command: "node server.js" }, "command"],
  [{ command: [] }, "command"],
  [{ environment: { PORT: 80 } }, "environment.PORT"],
  [{ environment: null }, "environment"],
  [{ port: 0 }, "port"],
  [{ port: 65_536 }, "port"],
  [{ readyPath: "health" }, "readyPath"],
])("%j is refused for its %s", (settings, name) => expect(of(settings)).toEqual([`BAD_SETTING web.${name}`]));

test("without a port it is refused where the load or another component is to reach it, and only there", () => {
  expect(of({ port: undefined })).toEqual(["NO_PORT web.port"]);
  expect(of({ port: undefined, readyPath: "/" })).toEqual(["BAD_SETTING web.readyPath", "NO_PORT web.port"]);
  const mailer = container({ image: "example/mailer:1" });
  const beside = (links: Record<string, LinkDefinition>): readonly string[] =>
    of({ links }, environment.kinds, { mailer });
  expect(beside({})).toEqual([]);
  expect(beside({ MAILER: { to: "mailer", as: "{host}:{port}" } })).toEqual(["NO_PORT mailer.port"]);
});

test("all at once, and where containers can't be started that is said", () => {
  expect(of({ image: "", port: -1 })).toEqual(["BAD_SETTING web.image", "BAD_SETTING web.port"]);
  expect(of({}, ["redis"])).toEqual(["UNKNOWN_KIND web.kind"]);
});

test("a host and a port may stand in variables of their own, and neither may be missing", () => {
  const links = (...as: readonly string[]): Record<string, LinkDefinition> =>
    Object.fromEntries(as.map((one, index) => [`V${index}`, { to: "cache", as: one }]));
  expect(of({ links: links("{host}", "{port}") })).toEqual([]);
  expect(of({ links: links("{host}", "redis://{host}:{port}") })).toEqual([]);
  expect(of({ links: links("{host}") })).toEqual(["BAD_ADDRESS web.links.V0.as"]);
  expect(of({ links: links("cache", "{port}") })).toEqual(["BAD_ADDRESS web.links.V0.as"]);
});

test("a placeholder that is misspelt is refused, and braces of the program's own are not", () => {
  const as = (text: string) => of({ links: { CACHE: { to: "cache", as: text } } });
  expect(as("redis://{hots}:{port}")).toEqual(["BAD_ADDRESS web.links.CACHE.as"]);
  expect(as("redis://{host}:{Port}")).toEqual(["BAD_ADDRESS web.links.CACHE.as"]);
  expect(as('{"at":"{host}:{port}","prefix":"{cluster}"}')).toEqual([]);
});
