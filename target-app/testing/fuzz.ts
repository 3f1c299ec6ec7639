import fc, { type Arbitrary } from "fast-check";
import { demoKeys } from "../access/demo-keys.ts";
import type { Operation, Parameter, Schema } from "./openapi.ts";

/**
 * A request that may be as odd as a client can make it. Its texts are bytes: each character is one, up to `\xff`.
 * `{id}` in its target stands for the id of something that was made before, if there is any.
 */
export interface FuzzRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly Header[];
  readonly body: string | undefined;
  /** What it was made for; an odd path or method leads elsewhere, or nowhere. */
  readonly operation: Operation;
  readonly isAstray: boolean;
  /** In nothing but in what is there, and in whose key it comes with. */
  readonly isAsDocumented: boolean;
}

type Header = readonly [name: string, value: string];

/** A request in its parts, which changes make odd one after the other. */
interface Draft {
  readonly operation: Operation;
  readonly method: string;
  readonly path: string;
  /** Written as in a URL, as `limit=5`. */
  readonly query: readonly string[];
  readonly headers: readonly Header[];
  /** Names and JSON texts of the body's properties. */
  readonly fields: readonly Header[] | undefined;
  /** Instead of the properties. */
  readonly text?: string;
  readonly isAstray: boolean;
}

type Change = (draft: Draft) => Draft;

const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const { acme, globex } = demoKeys;
const bytesOf = (text: string) => Buffer.from(text, "utf8").toString("latin1");

/** Requests for all the operations alike: some as documented, and more of them not. */
export function fuzzRequests(operations: readonly Operation[]): Arbitrary<FuzzRequest> {
  return fc.oneof(
    ...operations.map((operation) => {
      const changes = fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 5, arbitrary: fc.array(changesOf(operation), { minLength: 1, maxLength: 2 }) },
      );
      return fc.tuple(valid(operation), changes).map(([draft, odd]) => ({
        ...requestOf(odd.reduce((before, change) => change(before), draft)),
        isAsDocumented: odd.length === 0,
      }));
    }),
  );
}

function requestOf({ path, query, headers, fields, text, ...rest }: Draft): Omit<FuzzRequest, "isAsDocumented"> {
  const target = query.length === 0 ? path : `${path}?${query.join("&")}`;
  const json = fields?.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",");
  const body = text ?? (json === undefined ? undefined : bytesOf(`{${json}}`));
  // Such a character in a header is not HTTP any more: the request gets to no operation at all.
  const isAstray = rest.isAstray || headers.some(([, value]) => value.includes("\x01"));
  return { ...rest, target, headers, body, isAstray };
}

// As documented.

function valid(operation: Operation): Arbitrary<Draft> {
  const { method, path, parameters = [], requestBody } = operation;
  const schema = requestBody?.content["application/json"]?.schema;
  const given = parameters.filter((parameter) => parameter.in !== "path");
  const parts = fc.record({
    key: oneOf(acme.keeper, acme.keeper, acme.keeper, globex.keeper, globex.keeper, globex.shopper),
    id: parameters.some((parameter) => parameter.in === "path") ? idOf(parameters) : fc.constant(""),
    parameters: fc.tuple(...given.map(textFor)),
    fields: schema === undefined ? fc.constant(undefined) : fieldsOf(schema),
  });
  return parts.map(({ key, id, parameters: texts, fields }) => {
    const values = given.flatMap(({ name, in: place }, index) => {
      const value = texts[index];
      return value === undefined ? [] : [{ name, place, value }];
    });
    const headers = values.filter(({ place }) => place === "header").map(({ name, value }) => [name, value] as const);
    return {
      operation,
      method,
      path: path.replace("{id}", () => id),
      query: values.filter(({ place }) => place === "query").map(({ name, value }) => `${name}=${escaped(value)}`),
      headers: [
        ["authorization", `Bearer ${key}`],
        ...(fields === undefined ? [] : [["content-type", "application/json"] as const]),
        ...headers,
      ],
      fields,
      isAstray: false,
    };
  });
}

const escaped = (text: string) => encodeURIComponent(text.toWellFormed()).replaceAll("%7Bid%7D", "{id}");

/** Mostly of what is there. */
function idOf(parameters: readonly Parameter[]): Arbitrary<string> {
  const schema = parameters.find((parameter) => parameter.in === "path")?.schema ?? {};
  const isNumber = schema.pattern?.startsWith("^[1-9]") === true;
  const likely = isNumber ? integer({ minimum: 1, maximum: 200 }).map(String) : fc.constant("{id}");
  return fc.oneof(fc.constant("{id}"), likely, likely, text(schema));
}

function textFor({ name, required, schema }: Parameter): Arbitrary<string | undefined> {
  const likely = fc.oneof(
    { weight: 3, arbitrary: text(schema) },
    { weight: likelyTexts[name] === undefined ? 0 : 1, arbitrary: oneOf(...(likelyTexts[name] ?? [""])) },
  );
  return required === true ? likely : fc.option(likely, { nil: undefined });
}

/** What hits something now and then, where a text at random never would. */
const likelyTexts: Readonly<Record<string, readonly string[]>> = {
  q: ["kettle", "golden lamp", "ketle", "the", "jug", "-kettle", '"copper kettle"'],
  "if-match": ['"1"', '"2"', '"3"'],
  "idempotency-key": ["again-1", "again-2", "again-3"],
  after: ["{id}"],
};

function fieldsOf({ properties = {}, required = [] }: Schema): Arbitrary<readonly Header[]> {
  const fields = Object.entries(properties).map(([name, schema]) => {
    const field = jsonFor(schema).map((value) => [name, value] as const);
    return required.includes(name) ? field : fc.option(field, { nil: undefined });
  });
  return fc.tuple(...fields).map((all) => all.filter((field) => field !== undefined));
}

function jsonFor({ enum: choices, type, items, ...schema }: Schema): Arbitrary<string> {
  if (choices !== undefined) return oneOf(...choices).map((choice) => JSON.stringify(choice));
  if (type === "integer") return integer(schema).map(String);
  if (type === "string") return text(schema).map((value) => JSON.stringify(value));
  if (type !== "array" || items === undefined) throw new Error(`there is no way yet to make up a ${String(type)}`);
  const { minItems: minLength = 0, maxItems: maxLength = 5 } = schema;
  return fc.uniqueArray(jsonFor(items), { minLength, maxLength }).map((values) => `[${values.join(",")}]`);
}

/** Often small ones: ids and stocks that are small are those that are there, and that run out. */
function integer({ minimum: min = 0, maximum: max = 2 ** 31 - 1 }: Schema): Arbitrary<number> {
  return fc.oneof(fc.integer({ min, max: Math.min(max, min + 200) }), fc.integer({ min, max }), oneOf(min, max));
}

const character = fc.oneof(
  { weight: 7, arbitrary: fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 1 }) },
  { weight: 3, arbitrary: oneOf("😀", "é", "\u202e", "\ufeff", "\u{10ffff}", "\n", "'", '"', "\\", "%") },
);

function text({ pattern, minLength = 0, maxLength = 200 }: Schema): Arbitrary<string> {
  const any = fc.string({ unit: character, minLength, maxLength });
  return pattern === undefined || pattern.startsWith("^[^") ? any : fc.stringMatching(new RegExp(pattern));
}

// Not as documented.

function changesOf(operation: Operation): Arbitrary<Change> {
  const schema = operation.requestBody?.content["application/json"]?.schema;
  const query = (operation.parameters ?? []).filter((parameter) => parameter.in === "query");
  const ofPart: Arbitrary<Change>[] = [
    ...(schema === undefined ? [strangeBody] : [oddField(schema), oddField(schema), oddField(schema), oddBody]),
    ...(query.length > 0 ? [oddQuery(query), oddQuery(query)] : []),
    ...(operation.path.includes("{") ? [oddId, oddId] : []),
  ];
  return fc.oneof(...ofPart, oddHeader, oddHeader, oddKey, oddPath, oddMethod, extraQuery);
}

const words = (text: string) => text.split(" ");
const deep = (levels: number, [open, close] = ["[", "]"]) => `${open.repeat(levels)}1${close.repeat(levels)}`;

function changed<T>(values: Arbitrary<T>, change: (draft: Draft, value: T) => Partial<Draft>): Arbitrary<Change> {
  return values.map((value) => (draft) => ({ ...draft, ...change(draft, value) }));
}

function withHeader({ headers }: Draft, name: string, value: string): Pick<Draft, "headers"> {
  return { headers: [...headers.filter(([each]) => each !== name), [name, value]] };
}

const longJson = [`1${"0".repeat(400)}`, `"${"x".repeat(5000)}"`, deep(500), deep(500, ['{"a":', "}"]), '" "'];
const oddJson = [
  ...words('null true false "" [] {} [null] {"a":1} "text" "1" "NaN" "null" ["keys","keys"] {"__proto__":{"a":1}}'),
  ...words("-1 -0 0.5 1e2 1.0 1e-7 1e400 -1e400 2147483648 9007199254740993 NaN Infinity undefined 01 'a' \"\t\""),
  ...words(String.raw`"\u0000" "a\u0000b" "\ud800" "\udc00\ud800" "\ufeff" "😀" "👩‍👩‍👧‍👦" "\u202e" "e\u0301"`),
  ...longJson,
];

/** The last values that are allowed, and the first ones that are not. */
function edges({ type, minimum, maximum, minLength = 0, maxLength = 40, items, maxItems = 5 }: Schema): string[] {
  const lengths = [minLength - 1, minLength, maxLength, maxLength + 1].filter((length) => length >= 0);
  if (type === "string")
    return lengths.flatMap((n) => ["x", "😀", "\ud800", "\0"].map((c) => JSON.stringify(c.repeat(n))));
  const numbers = [minimum, maximum].filter((bound) => bound !== undefined);
  if (type === "integer") return numbers.flatMap((bound) => [bound - 1, bound, bound + 1, bound + 0.5]).map(String);
  const choices = (items?.enum ?? []).map((choice) => JSON.stringify(choice));
  return [`[${choices.join(",")}]`, `[${[...choices, ...choices].slice(0, maxItems + 1).join(",")}]`];
}

function oddField({ properties = {} }: Schema): Arbitrary<Change> {
  const name = oneOf(...Object.keys(properties));
  const others = ({ fields = [] }: Draft, gone: string) => fields.filter(([each]) => each !== gone);
  const wrong = name.chain((odd) => {
    const values = fc.oneof(oneOf(...oddJson), oneOf(...edges(properties[odd] ?? {})));
    return values.map((value) => [odd, value] as const);
  });
  const more = fc.tuple(oneOf("extra", "", "__proto__", "constructor", "tenant", "id", "😀"), oneOf(...oddJson));
  return fc.oneof(
    { weight: 5, arbitrary: changed(wrong, (draft, odd) => ({ fields: [...others(draft, odd[0]), odd] })) },
    { weight: 1, arbitrary: changed(name, (draft, gone) => ({ fields: others(draft, gone) })) },
    { weight: 1, arbitrary: changed(fc.oneof(wrong, more), ({ fields = [] }, odd) => ({ fields: [...fields, odd] })) },
  );
}

const longTexts = [deep(5000), deep(20_000), "[".repeat(10_000), " ".repeat(20_000), `"${"x".repeat(17_000)}"`];
const oddText = oneOf(
  ...words('{ } [] null 1 "text" {}{} {"name": \xef\xbb\xbf{} \xff\xfe {"name":"\xc3\x28"} a=1&b=2 <a/> {"a":1,}'),
  ...["", " "].concat(longTexts),
);
const json = "application/json";
const parameters = words("charset=utf-8 charset=utf-16 q").map((parameter) => `${json}; ${parameter}`);
const oddType = oneOf(
  ...words("text/plain application/xml application/x-www-form-urlencoded multipart/form-data ;;; json \xff */*"),
  ...words(" application/jsonx application/merge-patch+json APPLICATION/JSON").concat(parameters),
);
const oddBody = fc.oneof(
  changed(oddText, (_draft, text) => ({ text })),
  changed(oddType, (draft, type) => withHeader(draft, "content-type", type)),
  changed(fc.constant("content-type"), ({ headers }, gone) => ({ headers: headers.filter(([name]) => name !== gone) })),
  changed(fc.constant("chunked"), (draft, coding) => withHeader(draft, "transfer-encoding", coding)),
);
/** For what takes none. */
const strangeBody = changed(fc.tuple(oddText, oddType), (draft, [text, type]) => {
  return { text, ...withHeader(draft, "content-type", type) };
});

const longValues = ["x".repeat(201), "1".repeat(101), "%F0%9F%98%80".repeat(200)];
const oddValue = oneOf(
  ...words("0 -1 01 1e3 1.0 999999999 9999999999 51 101 1001 NaN null a + .. ' ';DROP $1 * \xf0\x9f\x98\x80 \xff"),
  ...words("% %zz %00 a%00b %ff %c3%28 %F0%9F%98%80 %ED%A0%80 %0d%0a %2e%2e %2f %25 %20 %27%20OR%201%3D1"),
  ...words(" 00000000-0000-0000-0000-000000000000 0190B2E4-0000-7000-8000-000000000000").concat(longValues),
);

function oddQuery(parameters: readonly Parameter[]): Arbitrary<Change> {
  const parts = fc.tuple(oneOf(...parameters.map(({ name }) => name)), oddValue, fc.nat(5));
  return changed(parts, ({ query }, [name, value, how]) => {
    const others = query.filter((each) => !each.startsWith(`${name}=`));
    if (how === 0) return { query: others };
    if (how === 1) return { query: [...query, `${name}=1`, `${name}=${value}`] };
    return { query: [...others, how === 2 ? `${name}[a]=${value}` : `${name}=${value}`] };
  });
}

const longQuery = [`x=${"y".repeat(8000)}`, `q=${"y".repeat(20_000)}`, "a=1&".repeat(1500)];
const anyQuery = words(" extra=1 &&& = __proto__=1 __proto__[a]=1 constructor=1 ? % a;b q q&q limit").concat(longQuery);
const extraQuery = changed(oneOf(...anyQuery), ({ query }, odd) => ({ query: [...query, odd] }));

const oddId = changed(oddValue, ({ operation }, id) => {
  return { path: operation.path.replace("{id}", () => id), isAstray: true };
});

const paths = words("<>/ /<> <>/../<> <>;a=1 <>%00 <>%zz <>%ff <>#a /%2e%2e<> http://elsewhere.invalid<> * / /\xff");
const oddPath = changed(oneOf(...paths), ({ path }, odd) => {
  return { path: odd.replaceAll("<>", () => path), isAstray: true };
});

const methods = words("HEAD HEAD OPTIONS PATCH TRACE PUT DELETE POST GET PROPFIND QUERY M-SEARCH get FOO G\xc9T");
const oddMethod = changed(oneOf(...methods), (_draft, method) => ({ method, isAstray: true }));

const keys = [acme.keeper, acme.shopper, globex.keeper, globex.shopper, "x", "\xff", "x".repeat(200)];
const bearers = keys.map((key) => `Bearer ${key}`).concat("", "Bearer", acme.keeper, `Basic ${acme.keeper}`);
const oddKey = fc.oneof(
  changed(oneOf(...bearers), (draft, bearer) => withHeader(draft, "authorization", bearer)),
  changed(oneOf(...bearers), ({ headers }, another) => ({ headers: [...headers, ["authorization", another]] })),
  changed(fc.constant(1), ({ headers }, first) => ({ headers: headers.slice(first) })),
);

const oddHeaders: Readonly<Record<string, readonly string[]>> = {
  "idempotency-key": ["", "x".repeat(65), "x".repeat(64), "a b", "\xe9", "again-1", "a,b", "a\x01b"],
  "if-match": ["*", 'W/"1"', '"1", "2"', "1", '"999999999"', '"0"', '""', "\xff"],
  "x-timeout-ms": ["", ...words("0 -1 1 5 100 1e-320 0x10 1e309 NaN Infinity abc 2147483648 \xff")],
  "x-request-id": ["", "trace-7", "a b", "x".repeat(65), "\xff", "\x01", "a;b"],
  "x-large": ["x".repeat(8000), "x".repeat(20_000)],
  "content-encoding": ["gzip", "\xff"],
  expect: ["100-continue"],
  connection: ["keep-alive", "upgrade"],
  upgrade: ["websocket"],
  host: ["", "a\xff"],
};
const oddPair = oneOf(...Object.entries(oddHeaders)).chain(([name, odd]) => fc.tuple(fc.constant(name), oneOf(...odd)));
const oddHeader = fc.oneof(
  { weight: 3, arbitrary: changed(oddPair, (draft, [name, value]) => withHeader(draft, name, value)) },
  { weight: 1, arbitrary: changed(oddPair, ({ headers }, odd) => ({ headers: [...headers, odd] })) },
);
