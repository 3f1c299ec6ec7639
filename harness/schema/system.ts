import { z } from "zod";
import type { ErrorCode } from "../model/error-codes/index.ts";
import type { Problem } from "../model/errors.ts";
import { flag, hinted, number, text, variableName, whole } from "./fields.ts";

/** A system and the settings of its components as people state them; `model/system.ts` says what each field means. */

const port = (code?: ErrorCode) => whole({ atLeast: 1, atMost: 65_535, ...(code === undefined ? {} : { code }) });
const path = () => text('Give a path that begins with "/", as "/health".', { pattern: /^\// });
const textsByName = () => hinted(z.record(z.string(), z.string()), 'Give texts by name, as { LOG_LEVEL: "info" }.');
const words = () =>
  hinted(
    z
      .array(z.string())
      .min(1)
      .refine((list) => list[0] !== ""),
    'Give a list of words, as ["node", "server.js"].',
  );
export const linkSchema = z.strictObject({
  to: text('Name a component, as "db".'),
  as: text('Write it as the component wants it, as "redis://{host}:{port}".', { code: "BAD_ADDRESS" }),
  connections: whole({ atLeast: 1, atMost: 100_000, unit: "connections", code: "BAD_CONNECTIONS" }).optional(),
  // Which address and which name is for the rules of what runs already.
  through: z.strictObject({ toxiproxy: z.unknown().optional(), proxy: z.unknown().optional() }).optional(),
});

const badMark = "BAD_MARK";
const mark = z
  .strictObject({
    metric: text('Name a metric, as "pool_waiting".', { pattern: /^[a-zA-Z_:][a-zA-Z0-9_:]*$/, code: badMark }),
    above: number({ code: badMark }).optional(),
    below: number({ code: badMark }).optional(),
    goesOffAlone: flag(badMark).optional(),
  })
  .refine(({ above, below }) => above !== undefined || below !== undefined, {
    params: {
      code: badMark,
      message: "has no bound",
      remedy: 'Give one that it must be above or below, as { metric: "pool_waiting", above: 0 }.',
    } satisfies Partial<Problem>,
  });

export const metricsSchema = z
  .strictObject({
    path: text('Give a path that begins with "/", as "/metrics".', { pattern: /^\//, code: "BAD_METRICS" }),
    marks: hinted(
      z.record(z.string(), mark),
      'Give marks by name, as { "the pool is exhausted": { metric: "pool_waiting", above: 0 } }.',
      "BAD_METRICS",
    ),
  })
  .refine(({ marks }) => Object.keys(marks).length > 0, {
    path: ["marks"],
    params: {
      code: "BAD_METRICS",
      message: "has none",
      remedy: 'Say what should be reported: { path: "/metrics", marks: { "the pool is exhausted": { … } } }.',
    } satisfies Partial<Problem>,
  });

/** Their values are for the rules of what runs already, which know this machine. */
export const attachmentSchema = z.strictObject({
  at: z.unknown().optional(),
  pid: z.unknown().optional(),
  pidFile: text('Give a file, as "/run/redis.pid".', { code: "BAD_PID" }).optional(),
  container: z.unknown().optional(),
});

export const componentSchema = z.strictObject({
  kind: text("Make it with service({ … }), postgres({ … }), redis() or container({ … }).", { code: "UNKNOWN_KIND" }),
  instances: whole({ atLeast: 1, atMost: 20, code: "OUT_OF_BOUNDS" }).optional(),
  links: hinted(
    z.record(z.string(), linkSchema),
    'Give links by variable, as { DB: { to: "db", as: "{url}" } }.',
  ).optional(),
  port: port("BAD_PORT").optional(),
  url: text('Give a template, as "redis://{host}:{port}".').optional(),
  // Each of them is held to this schema, and its settings to that of its kind.
  otherwiseIn: hinted(
    z.record(z.string(), z.unknown()),
    "Give components by environment, as perEnvironment({ containers: openSearch(), otherwise: redis() }).",
  ).optional(),
  metrics: metricsSchema.optional(),
  attached: attachmentSchema.optional(),
  settings: hinted(z.record(z.string(), z.unknown()), "Give its settings as an object, as redis({ port: 6379 })."),
});

export const systemSchema = z.strictObject({
  name: text('Give a name, as "shop".'),
  variant: text('Give a name, as "without a breaker".').optional(),
  variables: textsByName().optional(),
  components: hinted(z.record(z.string(), z.unknown()), "Give components by name, as { cache: redis() }."),
  entry: text("Name the component that users talk to.", { code: "UNKNOWN_COMPONENT" }),
  names: z.never().optional(),
});

/** What a factory takes besides the settings, so that a misspelt one of them is recognised. */
const besides = { links: z.never(), instances: z.never(), port: z.never(), metrics: z.never() };
const optionalNever = Object.fromEntries(
  Object.entries(besides).map(([name, schema]) => [name, schema.optional()]),
) as { readonly [Name in keyof typeof besides]: z.ZodOptional<z.ZodNever> };
const configuration = hinted(
  z.record(z.string(), z.string()),
  'Give server settings by name, each as text, as { max_connections: "60" }.',
).optional();

const service = z.strictObject({
  command: words(),
  prepare: words().optional(),
  environment: textsByName().optional(),
  portVariable: variableName().optional(),
  hostVariable: variableName().optional(),
  nameVariable: variableName().optional(),
  readyPath: path(),
  livePath: path().optional(),
  ...optionalNever,
});

/** As registries allow it: a name, perhaps with a host before it, a tag and a digest behind it. */
const imageName = /^[a-z0-9][\w./:-]*(?:@sha256:[0-9a-f]{64})?$/;
const container = z
  .strictObject({
    image: text('Give the name of an image, as "example/web:1.4".', { pattern: imageName }),
    ...optionalNever,
    command: words().optional(),
    environment: textsByName().optional(),
    port: port().optional(),
    readyPath: path().optional(),
  })
  .refine(({ readyPath, port: listens }) => readyPath === undefined || listens !== undefined, {
    path: ["readyPath"],
    params: { message: "is a path of no port", remedy: "Say where it listens inside the container, as port: 8080." },
  });

const databaseNames = {
  database: text('Give the name of a database, as "shop".'),
  user: text('Give the name of a role, as "shop".'),
};

/** Kind → the settings of a component that an environment starts. */
export const startedSettings = {
  service,
  container,
  postgres: z.strictObject({ ...databaseNames, configuration, ...optionalNever }),
  redis: z.strictObject({ configuration, ...optionalNever }),
  opensearch: z.strictObject({ configuration, ...optionalNever }),
} as const;

const password = hinted(z.string(), "Give a text.").optional();

/** Kind → the settings of a component that runs already. */
export const attachedSettings = {
  http: z.strictObject({ readyPath: path(), livePath: path().optional() }),
  redis: z.strictObject({ user: text("Give the name of a user.").optional(), password }),
  postgres: z.strictObject({
    ...databaseNames,
    password,
    admin: z.strictObject({ user: text("Give the name of a superuser."), password }).optional(),
  }),
} as const;
