import { expect, test } from "vitest";
import { faultKinds } from "../faults/index.ts";
import type { MetricsDefinition } from "../model/marks.ts";
import { type LinkDefinition, service, system } from "../model/system.ts";
import { problemsOfSystem } from "./system-problems.ts";

const environment = { name: "local", capabilities: [], lacks: {}, kinds: ["service"] };
const problemsOf = (metrics: MetricsDefinition) => {
  const api = service({ command: ["node", "api.js"], readyPath: "/", metrics });
  return problemsOfSystem(system({ name: "shop", entry: "api", components: { api } }), { environment, faultKinds });
};

test("marks with a metric and a bound are fine", () => {
  const marks = {
    full: { metric: "pool_waiting", above: 0 },
    shut: { metric: "node:cache_up", below: 1, goesOffAlone: true },
  };
  expect(problemsOf({ path: "/metrics", marks })).toEqual([]);
});

test.each([
  ["no bound", { metric: "pool_waiting" }, "", "above"],
  ["a bound that is no number", { metric: "pool_waiting", above: "0" as unknown as number }, ".above", "number"],
  [
    "a word for a flag",
    { metric: "lent", above: 0, goesOffAlone: "yes" as unknown as boolean },
    ".goesOffAlone",
    "true",
  ],
  ["no name of a metric", { metric: "pool waiting", above: 0 }, ".metric", "pool_waiting"],
])("a mark with %s is refused, with its place and the remedy", (_, mark, field, remedy) => {
  expect(problemsOf({ path: "/metrics", marks: { full: mark } })).toMatchObject([
    {
      code: "BAD_MARK",
      where: `system.components.api.metrics.marks.full${field}`,
      remedy: expect.stringContaining(remedy),
    },
  ]);
});

test("metrics without a path, or without anything to tell of them, are refused", () => {
  const marks = { full: { metric: "pool_waiting", above: 0 } };
  const where = "system.components.api.metrics";
  expect(problemsOf({ path: "metrics", marks })).toMatchObject([{ code: "BAD_METRICS", where: `${where}.path` }]);
  expect(problemsOf({ path: "/metrics", marks: {} })).toMatchObject([{ code: "BAD_METRICS", where: `${where}.marks` }]);
});

test.each(["toxiproxy", "clients", "localhost", "Api", "a-b"])("%s is no name for a component", (name) => {
  const components = { [name]: service({ command: ["node", "api.js"], readyPath: "/" }) };
  const problems = problemsOfSystem(system({ name: "shop", entry: name, components }), { environment, faultKinds });
  expect(problems).toMatchObject([{ code: "BAD_NAME", where: `system.components.${name}` }]);
});

const withLinks = (links: Record<string, LinkDefinition<"db">>) => {
  const api = service({ command: ["node", "api.js"], readyPath: "/", links });
  const db = service({ command: ["node", "db.js"], readyPath: "/" });
  return problemsOfSystem(system({ name: "shop", entry: "api", components: { api, db } }), { environment, faultKinds });
};

test.each([0, -1, 1.5, "12", null, Number.NaN])("a link that states %s connections is refused", (connections) => {
  expect(withLinks({ DB: { to: "db", as: "{url}", connections: connections as number } })).toMatchObject([
    { code: "BAD_CONNECTIONS", where: "system.components.api.links.DB.connections" },
  ]);
});

test("links of one component to another state one number, and one of them is enough", () => {
  const [host, port] = [
    { to: "db", as: "{host}" },
    { to: "db", as: "{port}" },
  ] as const;
  expect(withLinks({ HOST: { ...host, connections: 12 }, PORT: port })).toEqual([]);
  expect(withLinks({ HOST: { ...host, connections: 12 }, PORT: { ...port, connections: 12 } })).toEqual([]);
  expect(withLinks({ HOST: { ...host, connections: 12 }, PORT: { ...port, connections: 9 } })).toMatchObject([
    {
      code: "BAD_CONNECTIONS",
      where: "system.components.api.links.PORT.connections",
      message: "is 9, and HOST to the same component states 12",
    },
  ]);
});
