import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Script } from "node:vm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { faultKinds } from "../../faults/index.ts";
import { FaultlineError } from "../../model/errors.ts";
import type { Scenario } from "../../model/scenario.ts";
import { linksOf } from "../../model/system.ts";
import { planRun } from "../../plan/plan.ts";
import { draftOf } from "./draft.ts";
import { readCompose } from "./read.ts";
import { configFile, scenarioFile } from "./write.ts";

const fixtures = join(import.meta.dirname, "../testing/compose");
const containers = {
  name: "containers",
  capabilities: ["network", "pause", "process"],
  kinds: ["postgres", "redis", "container"],
};
const made = (file: string, profiles: readonly string[] = [], shell: Record<string, string> = {}) => {
  const composed = readCompose(file, profiles, shell);
  const draft = draftOf(composed);
  return { draft, config: configFile(draft, { from: "compose.yaml", hasDotEnv: composed.hasDotEnv }) };
};

describe.each([
  ["ballots", [], "poll-dies"],
  ["gallery", ["server->queue", "server->database", "server->learning"], "queue-cut-off"],
  [
    "pipeline",
    ["api_server->postgres", "api_server->redis", "worker->postgres", "worker->api_server"],
    "postgres-cut-off",
  ],
])("the compose file of %s", (name, expected, id) => {
  const folder = join(fixtures, name);
  const { draft, config } = made(join(folder, "compose.yaml"));
  const first = scenarioFile(draft);

  test("becomes a configuration and a scenario", async () => {
    await expect(config).toMatchFileSnapshot(join(folder, "faultline.config.ts"));
    await expect(first.text).toMatchFileSnapshot(join(folder, "scenarios", `${id}.ts`));
    expect(readdirSync(join(folder, "scenarios"))).toEqual([`${first.name}.ts`]);
  });

  test("which can be planned, with links that go through proxies", async () => {
    const file = join(folder, "scenarios", `${id}.ts`);
    const { default: scenario } = (await import(file)) as { default: Scenario };
    const { plan } = planRun(id, scenario, "7", { faultKinds, environment: containers });
    expect(plan.schedule).toHaveLength(1);
    const links = linksOf(scenario.system).map((link) => link.name);
    expect(links).toEqual(expect.arrayContaining([...expected, `clients->${scenario.system.entry}`]));
    const told = Object.values(scenario.system.components).flatMap(({ links: own = {} }) => Object.values(own));
    for (const { as } of told) expect(as).not.toMatch(/postgres:5432|redis:6379|@postgres|database:5432|queue:6379/);
  });

  test("and planning where no containers can be started says so, of all of them", async () => {
    const { default: scenario } = (await import(join(folder, "scenarios", `${id}.ts`))) as { default: Scenario };
    const local = { ...containers, name: "local", kinds: ["postgres", "redis", "service"] };
    const error = (() => {
      try {
        return planRun(id, scenario, "7", { faultKinds, environment: local });
      } catch (caught) {
        return caught;
      }
    })();
    const count = draft.components.filter(({ server }) => server === undefined).length;
    expect((error as FaultlineError).problems.map(({ code }) => code)).toEqual(Array(count).fill("UNKNOWN_KIND"));
  });
});

test("no value of .env and of an env file is copied", () => {
  const { config } = made(join(fixtures, "gallery/compose.yaml"));
  for (const value of ["a well kept secret", "another", "curator"]) expect(config).not.toContain(value);
});

test("a profile brings its services along", () => {
  const { draft } = made(join(fixtures, "pipeline/compose.yaml"), ["watching"]);
  expect(draft.components.map(({ name }) => name)).toContain("board");
  expect(draft.questions.join()).not.toContain("board");
});

describe("a compose file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "faultline-compose-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function written(text: string, more: Record<string, string> = {}): string {
    for (const [name, content] of Object.entries({ "compose.yaml": text, ...more })) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    return join(folder, "compose.yaml");
  }
  const problemsOf = (text: string, more: Record<string, string> = {}, profiles: readonly string[] = []) => {
    try {
      made(written(text, more), profiles);
      return [];
    } catch (error) {
      if (!(error instanceof FaultlineError)) throw error;
      expect(error.exit).toBe(64);
      return error.problems.map(({ code, where }) => `${code} ${where.replace(`${folder}/`, "")}`);
    }
  };
  const linksIn = (text: string) =>
    made(written(text)).draft.components.flatMap(({ name, links }) =>
      links.map(({ variable, to, as }) => `${name} ${variable} ${to} ${as.map((piece) => piece.text).join("")}`),
    );
  const questionsIn = (text: string): string =>
    made(written(text))
      .config.match(/\/\/ \? .*/g)
      ?.join("\n") ?? "";

  test("with many things wrong: all of them at once, each with its line", () => {
    const text = `services:
  web:
    image: example/web
    env_file: none.env
    ports:
      - "80"
      - "http"
    depends_on: [dab]
    command: it's
    environment:
      URL: \${URL
      KEY: \${KEY:?give it}
  db:
  none:
    command: x
    extends: nobody
`;
    expect(problemsOf(text)).toEqual([
      "BAD_SERVICE compose.yaml:13 services.db",
      "BAD_EXTENDS compose.yaml:16 services.none.extends",
      "BAD_VALUE compose.yaml:9 services.web.command",
      "NO_ENV_FILE compose.yaml:4 services.web.env_file",
      "BAD_VARIABLE compose.yaml:11 services.web.environment.URL",
      "BAD_VARIABLE compose.yaml:12 services.web.environment.KEY",
      "BAD_PORT compose.yaml:7 services.web.ports.1",
      "UNKNOWN_SERVICE compose.yaml:8 services.web.depends_on",
      "NO_IMAGE compose.yaml:14 services.none",
    ]);
  });

  test("that is no YAML: every error with line and column", () => {
    const problems = problemsOf("services:\n  web: {image: x\n  db:\n    image: [y\n");
    expect(problems.length).toBeGreaterThan(0);
    for (const one of problems) expect(one).toMatch(/^BAD_YAML compose\.yaml:\d+:\d+$/);
    expect(problemsOf("services:\n  web: *nobody\n")).toEqual(["BAD_YAML compose.yaml:2:8"]);
  });

  test.each([
    ["that is not there", undefined, ["COMPOSE_NOT_READ compose.yaml"]],
    ["that is empty", "", ["NO_SERVICES compose.yaml"]],
    ["that is a list", "- web", ["NO_SERVICES compose.yaml"]],
    ["without services", "services: {}", ["NO_SERVICES compose.yaml"]],
    ["that includes others", "include: [x]\nservices: {a: {image: x}}", ["NOT_FOLLOWED compose.yaml:1 include"]],
    ["with profiles alone", "services: {a: {image: x, profiles: [p]}}", ["NO_SERVICES compose.yaml"]],
  ])("%s is refused", (_what, text, problems) => {
    if (text === undefined) expect(() => made(join(folder, "compose.yaml"))).toThrow(/there is no such file/);
    else expect(problemsOf(text)).toEqual(problems);
  });

  test("whose services extend each other in a circle, and a profile that is not there", () => {
    const circle = "services: {a: {image: x, extends: b}, b: {image: x, extends: {service: a}}}";
    expect(problemsOf(circle)[0]).toMatch(/^BAD_EXTENDS compose\.yaml:1/);
    expect(problemsOf("services: {a: {image: x}}", {}, ["full"])).toEqual(["UNKNOWN_PROFILE --profile"]);
    const other = "services: {a: {extends: {file: parts/base.yaml, service: b}, image: y}}";
    expect(problemsOf(other, { "parts/base.yaml": "services: {b: {image: x}}" })).toEqual([]);
    expect(problemsOf(other, { "parts/base.yaml": "services: {c: {image: x}}" })).toEqual([
      "BAD_EXTENDS compose.yaml:1 services.a.extends",
    ]);
    expect(problemsOf("services: {a: {extends: {file: no.yaml, service: b}, image: x}}")).toEqual([
      "COMPOSE_NOT_READ no.yaml",
    ]);
  });

  const links = (environment: string, more = "") =>
    linksIn(`services:
  web: {image: w, environment: ${environment}}
  postgres: {image: "postgres:17", container_name: the_db}
  cache: {image: redis}
  search: {image: "opensearchproject/opensearch:3"}
${more}`);

  test.each([
    ["{URL: 'postgres://postgres:5432@postgres:5432/postgres'}", ["postgres://postgres:5432@{host}:{port}/postgres"]],
    ["{URL: 'redis://cache'}", ["redis://{host}:{port}"]],
    ["{URL: 'redis://cache/0'}", ["redis://{host}:{port}/0"]],
    ["{ADDR: 'cache:6379'}", ["{host}:{port}"]],
    ["{URL: 'jdbc:postgresql://the_db:5432/x?user=a'}", ["jdbc:postgresql://{host}:{port}/x?user=a"]],
    ["{DB_HOST: postgres, DB_PORT: 5432}", ["{host}", "{port}"]],
    ["{db_host: postgres}", ["{host}", "{port}"]],
    ["{ES_NODE: 'http://search:9200'}", ["http://{host}:{port}"]],
    ["{DB_USER: postgres, DB_NAME: cache, NOTE: 'my-cache:6379 cachet:1 cache.example:80'}", []],
    ["{PEERS: 'cache:6379,search:9200'}", []],
    ["{ES: 'http://search:9300'}", ["http://{host}:{port}"]],
    ["{A: 'search:9200', B: 'search:9200', C: 'search:9300'}", ["{host}:{port}", "{host}:{port}"]],
    ["{SELF: 'web:80'}", []],
  ])("with the environment %s has links as %j", (environment, expected) => {
    expect(links(environment).map((one) => one.split(" ").at(-1))).toEqual(expected);
  });

  test("asks where a server may send its clients past the link", () => {
    const text = (image: string): string =>
      `services: {web: {image: w, ports: ["80:80"], environment: {BROKER_URL: "broker:9092"}}, broker: {image: "${image}", expose: [9092]}}`;
    for (const image of [
      "confluentinc/cp-kafka:7.8",
      "apache/kafka",
      "mongo:8",
      "redpandadata/redpanda",
      "cassandra:5",
    ])
      expect(questionsIn(text(image))).toContain("does broker send its clients to an address of its own?");
    for (const image of ["rabbitmq:4", "nats", "example/mongoose-admin", "mongo-express", "memcached"])
      expect(questionsIn(text(image))).not.toContain("an address of its own");
  });

  test("asks what it does not tell", () => {
    const text = `services:
  clients: {build: ., depends_on: [db], volumes: ["./x:/x"], ports: ["80:80", "90:90"]}
  db: {image: "postgis/postgis:16-3.4"}
  w1.a: {image: w, environment: {Q: "nowhere:1", PEERS: "db:5432 clients:80"}}
  w1_a: {image: w, scale: 3}
`;
    expect(questionsIn(text)).toMatch(
      /must be built before[\s\S]*volumes[\s\S]*readyPath[\s\S]*90[\s\S]*depends on db/,
    );
    expect(questionsIn(text)).toMatch(/yours is postgis\/postgis:16-3\.4[\s\S]*PEERS names several/);
    const { draft } = made(written(text));
    expect(draft.components.map(({ name }) => name)).toEqual(["clients_2", "db", "w1_a", "w1_a_2"]);
    expect(draft.components.at(-1)?.service.instances).toBe(3);
  });

  test("asks of an override beside it, and of as many as there can't be", () => {
    const text = "services: {web: {image: w, ports: ['80:80'], deploy: {replicas: 0}}, all: {image: w, scale: 50}}";
    const beside = { "compose.override.yaml": "services: {web: {environment: {A: b}}}" };
    const { config } = made(written(text, beside));
    expect(config).toContain("// ? compose.override.yaml was not read");
    expect(config).toContain("// ? the file says 0 of it; here there is 1");
    expect(config).toContain("// ? the file says 50 of it; here there are 20");
    expect(config).toContain("instances: 20,");
    rmSync(join(folder, "compose.override.yaml"));
    expect(questionsIn(text)).not.toContain("override");
  });

  test("can put nothing into the code, whatever its names and values are", () => {
    const nasty = '"*/ }\\u2028`${process.exit(1)}\\n"';
    const text = `name: ${nasty}
services:
  ${nasty}: {image: ${nasty.replace("$", "$$$$")}, command: [${nasty.replace("$", "$$$$")}], environment: {${nasty}: ${nasty.replace("$", "$$$$")}, A: "\${B:-*/}"}, user: x, profiles: []}
  other: {image: x, profiles: [${nasty}]}
`;
    const { config } = made(written(text));
    const code = stripTypeScriptTypes(config).replace(/^(import|export) .*$/gm, "");
    for (const line of code.split("\n").filter((one) => one.includes("process.exit")))
      expect(line).toMatch(/^\s*\/\/|"[^"]*process\.exit[^"]*"/);
    expect(() => new Script(code)).not.toThrow();
  });
});
