import { expect, test } from "vitest";
import { faultKinds } from "../faults/index.ts";
import { postgresDropIndex } from "../faults/postgres-drop-index.ts";
import { FaultlineError } from "../model/errors.ts";
import type { Scenario } from "../model/scenario.ts";
import { openSearch, perEnvironment, postgres, redis, type System, service, system } from "../model/system.ts";
import { milliseconds, seconds } from "../model/units.ts";
import { workload } from "../model/workload.ts";
import { systemIn } from "./per-environment.ts";
import { planRun } from "./plan.ts";

const index = perEnvironment({ containers: openSearch(), otherwise: postgres({ database: "search", user: "shop" }) });
const shop = system({
  name: "shop",
  entry: "api",
  components: {
    index,
    cache: redis(),
    api: service({
      command: ["x"],
      readyPath: "/",
      links: { INDEX: { to: "index", as: "{url}" }, CACHE: { to: "cache", as: "{url}" } },
    }),
  },
});
const scenario: Scenario = {
  name: "x",
  expects: "y",
  system: shop,
  workload: workload({
    name: "w",
    perSecond: 50,
    keys: 10,
    sessions: 5,
    operations: {
      read: {
        weight: 1,
        effect: "read",
        deadline: milliseconds(500),
        request: () => ({ method: "GET", path: "/" }),
        judge: () => ({ outcome: "ok" }),
      },
    },
  }),
  phases: { warmUp: seconds(1), steady: seconds(1), faults: seconds(2), recovery: seconds(1) },
  faults: [{ at: seconds(0), lasting: seconds(1), inject: postgresDropIndex("index", { index: "words" }) }],
  checks: [{ name: "c", parameters: {}, guards: "safety", title: "c", law: "l", judge: () => ({}) as never }],
};
const environments = ["local", "containers"];
const kinds = ["opensearch", "postgres", "redis", "service"];
const planIn = (name: string): unknown => {
  const environment = { name, kinds, capabilities: ["network", "postgres"] };
  try {
    return planRun("x", { ...scenario, system: systemIn(shop, name, environments) }, "7", { faultKinds, environment })
      .plan.schedule;
  } catch (error) {
    return error instanceof FaultlineError ? error.problems.map(({ code, message }) => [code, message]) : error;
  }
};

test("a component is in each environment what it is said to be there, and otherwise what it is elsewhere", () => {
  expect(systemIn(shop, "local", environments)).toBe(shop);
  const { components } = systemIn<System>(shop, "containers", environments);
  expect(components).toMatchObject({ index: { kind: "opensearch", url: "http://{host}:{port}" } });
  expect(components["api"]).toBe(shop.components["api"]);
});

test("a fault that is meant for what it is elsewhere is no mistake, and is left out with the reason", () => {
  expect(planIn("local")).toHaveLength(1);
  const message = "postgresDropIndex is for postgres; index is opensearch in the environment containers";
  expect(planIn("containers")).toEqual([["NOT_ON_THIS_MACHINE", message]]);
});

test("an environment that there is not is refused", () => {
  const odd = {
    ...shop,
    components: { ...shop.components, index: perEnvironment({ container: redis(), otherwise: redis() }) },
  };
  expect(() => systemIn(odd, "local", environments, "x: system")).toThrow(
    expect.objectContaining({
      code: "UNKNOWN_ENVIRONMENT",
      message: expect.stringMatching(/x: system\.components\.index\.container: .*Did you mean "containers"\?/s),
    }),
  );
});
