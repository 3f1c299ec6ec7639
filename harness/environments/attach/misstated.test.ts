import { expect, test } from "vitest";
import { faultKinds } from "../../faults/index.ts";
import * as faultline from "../../index.ts";
import type { System } from "../../model/system.ts";
import { problemsOfSystem } from "../../plan/system-problems.ts";
import { attachRules } from "./rules.ts";

// A system that runs already, each part of which is replaced by what cannot stand there.

const attached = faultline.attached as (settings: unknown) => System["components"][string];
const link = (to: string) => ({ to, toxiproxy: "127.0.0.1:8474", proxy: to });
const web = {
  kind: "http",
  at: "127.0.0.1:80",
  readyPath: "/",
  livePath: "/",
  links: { C: link("cache"), D: link("db") },
};
const components = {
  cache: attached({ kind: "redis", at: "127.0.0.1:6379" }),
  db: attached({ kind: "postgres", at: "127.0.0.1:5432", database: "shop", user: "shop" }),
  web: attached(web),
};
const environment = { name: "attach", capabilities: [], kinds: ["http", "postgres", "redis"], attaches: attachRules };
const problemsOf = (changed: object) =>
  problemsOfSystem(
    { name: "shop", entry: "web", components: { ...components, ...changed } },
    { faultKinds, environment },
  );

const odd = [
  null,
  3,
  "",
  [],
  {},
  Promise.resolve(),
  () => 1,
  Symbol("s"),
  3n,
  Object.create(null),
  new Date(0),
  Number.NaN,
  "127.0.0.1:65536",
];

test("the system itself is right", () => expect(problemsOf({})).toEqual([]));

test.each(odd)("%s is refused in every place, and is no crash", (value) => {
  const systems = [
    { cache: attached(value) },
    ...["kind", "at", "pid", "pidFile", "readyPath", "livePath"].map((field) => ({
      web: attached({ ...web, [field]: value }),
    })),
    ...["to", "toxiproxy", "proxy"].map((field) => ({
      web: attached({ ...web, links: { C: { ...link("cache"), [field]: value } } }),
    })),
    { web: attached({ ...web, links: { C: value } }) },
  ];
  // A file and a proxy may be called so, and a process.
  const names = value === "127.0.0.1:65536" ? 2 : value === 3 ? 1 : 0;
  const found = systems.map(problemsOf);
  expect(found.filter((problems) => problems.length === 0)).toHaveLength(names);
  for (const { message, remedy } of found.flat()) {
    expect(`${message} ${remedy}`).not.toMatch(/Invalid input|\[object |undefined/);
  }
});

test("no links at all are those of a component that is not asked for any", () => {
  expect(problemsOf({ web: attached({ ...web, links: null }) })).toMatchObject([
    { where: "system.components.web.links", message: "is null" },
  ]);
});
