import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

/** What of a JSON schema the API's document makes use of. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: Schema;
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

export interface Documented {
  readonly summary?: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

export interface OpenApi {
  readonly openapi: string;
  readonly security?: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>;
}

/** One method of one path. */
export interface Operation extends Documented {
  /** In capitals. */
  readonly method: string;
  /** With its parameters in braces, as `/products/{id}`. */
  readonly path: string;
  readonly isPublic: boolean;
}

/** What came back, as far as a document can say what it must be like. */
export interface Answer {
  readonly status: number;
  /** Without its parameters; nothing when there is no such header. */
  readonly contentType: string | undefined;
  readonly text: string;
}

export function operationsOf({ paths, security }: OpenApi): readonly Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, documented]) => ({
      ...documented,
      method: method.toUpperCase(),
      path,
      isPublic: (documented.security ?? security ?? []).length === 0,
    })),
  );
}

/** For its name in a test, and as its key in maps. */
export function titleOf({ method, path }: Pick<Operation, "method" | "path">): string {
  return `${method} ${path}`;
}

/** Dialect and all, as OpenAPI 3.1 takes it: what is no valid schema is an error. */
const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true });

/** What in the document is not as OpenAPI 3.1 asks for; its schemas are compiled, and so throw when they are none. */
export function faultsOfDocument(document: OpenApi): readonly string[] {
  const validate = ajv.compile(documentSchema);
  if (!validate(document)) return wordsFor(validate);
  return operationsOf(document).flatMap((operation) => {
    const { path, parameters = [], requestBody, responses } = operation;
    const contents = [requestBody, ...Object.values(responses)].flatMap((part) => Object.values(part?.content ?? {}));
    for (const { schema } of [...parameters, ...contents]) ajv.compile(schema);
    const inPath = parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
    const inTemplate = [...path.matchAll(/\{\w+\}/g)].map(([braced]) => braced.slice(1, -1));
    const isSame = inPath.toSorted().join() === inTemplate.toSorted().join();
    return isSame ? [] : [`${titleOf(operation)}: its parameters are not its path's`];
  });
}

const compiled = new WeakMap<Schema, ValidateFunction>();

/** What in the answer is not as its operation's document says, in words; nothing when all of it is. */
export function faultsOf({ responses }: Documented, { status, contentType, text }: Answer): readonly string[] {
  const documented = responses[status];
  if (documented === undefined) return [`the status ${status} is not documented`];
  const types = Object.keys(documented.content ?? {});
  if (types.length === 0) return text === "" ? [] : ["a body came, and none is documented"];
  const schema = documented.content?.[contentType ?? ""]?.schema;
  if (schema === undefined) return [`the content type is ${contentType}, and not ${types.join(" or ")}`];
  return [...faultsOfBody(schema, text), ...(status >= 400 ? faultsOfProblem(status, text) : [])];
}

/** Of a body that is JSON by its content type. */
export function faultsOfBody(schema: Schema, text: string): readonly string[] {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return ["the body is not JSON"];
  }
  const validate = compiled.get(schema) ?? ajv.compile(closed(schema));
  compiled.set(schema, validate);
  if (validate(body)) return [];
  return wordsFor(validate);
}

function wordsFor({ errors }: ValidateFunction): readonly string[] {
  return (errors ?? []).map(({ instancePath, message, params }) => {
    return `${instancePath || "the whole"} ${message} (${JSON.stringify(params)})`;
  });
}

/** What the schema of every refusal leaves open. */
function faultsOfProblem(status: number, text: string): readonly string[] {
  const { status: told, code } = JSON.parse(text) as { status?: unknown; code?: unknown };
  const faults = told === status ? [] : [`the body says ${String(told)}`];
  return /^[a-z]+(-[a-z]+)*$/.test(String(code)) ? faults : [...faults, `the code is ${String(code)}`];
}

/** The same, without room for what is not listed: nothing may be told that is not documented. */
function closed(schema: Schema): Schema {
  const { properties, items } = schema;
  return {
    ...schema,
    ...(items === undefined ? {} : { items: closed(items) }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, closed(part)])),
          additionalProperties: schema.additionalProperties ?? false,
        }),
  };
}

/** What any document of OpenAPI 3.1 is like, as far as this API has use for it. */
const documentSchema = {
  type: "object",
  required: ["openapi", "info", "paths"],
  properties: {
    openapi: { type: "string", pattern: "^3\\.1\\.[0-9]+$" },
    info: {
      type: "object",
      required: ["title", "version"],
      properties: { title: { type: "string" }, version: { type: "string" } },
    },
    paths: { type: "object", propertyNames: { pattern: "^/" }, additionalProperties: { $ref: "#/$defs/path" } },
    security: { $ref: "#/$defs/security" },
  },
  $defs: {
    security: {
      type: "array",
      items: { type: "object", additionalProperties: { type: "array", items: { type: "string" } } },
    },
    path: {
      type: "object",
      minProperties: 1,
      propertyNames: { enum: ["get", "put", "post", "delete"] },
      additionalProperties: { $ref: "#/$defs/operation" },
    },
    operation: {
      type: "object",
      required: ["summary", "tags", "responses"],
      additionalProperties: false,
      properties: {
        summary: { type: "string", minLength: 1 },
        tags: { type: "array", minItems: 1, items: { type: "string" } },
        security: { $ref: "#/$defs/security" },
        parameters: { type: "array", items: { $ref: "#/$defs/parameter" } },
        requestBody: { allOf: [{ type: "object", required: ["content"] }, { $ref: "#/$defs/content" }] },
        responses: {
          type: "object",
          minProperties: 1,
          propertyNames: { pattern: "^[1-5][0-9]{2}$" },
          additionalProperties: { allOf: [{ type: "object", required: ["description"] }, { $ref: "#/$defs/content" }] },
        },
      },
    },
    parameter: {
      type: "object",
      required: ["name", "in", "schema"],
      properties: {
        name: { type: "string" },
        in: { enum: ["path", "query", "header"] },
        required: { type: "boolean" },
        schema: { $ref: "https://json-schema.org/draft/2020-12/schema" },
      },
      anyOf: [
        { type: "object", properties: { in: { enum: ["query", "header"] } } },
        { type: "object", properties: { required: { const: true } }, required: ["required"] },
      ],
    },
    content: {
      type: "object",
      properties: {
        description: { type: "string", minLength: 1 },
        content: {
          type: "object",
          propertyNames: { pattern: "^application/(problem\\+)?json$" },
          additionalProperties: {
            type: "object",
            required: ["schema"],
            properties: { schema: { $ref: "https://json-schema.org/draft/2020-12/schema" } },
          },
        },
      },
    },
  },
};
