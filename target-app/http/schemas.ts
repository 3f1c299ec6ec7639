/** Parts of schemas that several routes use. What is in an answer and not in its schema does not leave the process. */

export const problem = {
  type: "object",
  description: "A refusal: `code` is what programs go by.",
  required: ["status", "code", "detail"],
  properties: {
    status: { type: "integer" },
    code: { type: "string" },
    detail: { type: "string" },
    field: { type: "string", description: "what in the request is not as it should be, as `body/priceCents`" },
  },
} as const;

/** The refusals that any request may get, and those of its own. */
export function refusals(...statuses: readonly number[]): Record<number, object> {
  const all = [400, 401, 403, 429, 500, 503, 504, ...statuses];
  const content = { "application/problem+json": { schema: problem } };
  return Object.fromEntries(all.map((status) => [status, { description: reasons[status] ?? "refused", content }]));
}

const reasons: Readonly<Record<number, string>> = {
  400: "the request is not as documented (`invalid-request`)",
  401: "no key, or one that is not valid (`missing-key`, `unknown-key`)",
  403: "the key lacks the scope (`missing-scope`)",
  404: "there is no such thing",
  409: "not at this moment",
  412: "somebody else changed it meanwhile (`version-mismatch`)",
  413: "the body is too large",
  415: "the body is not JSON",
  422: "the request can't be done as it is",
  429: "too many requests (`too-many-requests`)",
  500: "a reason of our own (`internal`)",
  503: "nothing was changed; the same may succeed later (`unavailable`, `overloaded`)",
  504: "the change may have been made (`outcome-unknown`)",
};

/** Postgres keeps any character in a text but this one. */
const anyText = "^[^\\u0000]*$";

export const name = { type: "string", minLength: 1, maxLength: 100, pattern: anyText } as const;
export const note = { type: "string", maxLength: 64, pattern: anyText, default: "" } as const;
export const priceCents = { type: "integer", minimum: 0, maximum: 100_000_000 } as const;
export const uuid = { type: "string", pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" } as const;

/** Visible ASCII: two such headers arrive as one, joined by a comma and a space. */
export const idempotencyKey = { type: "string", pattern: "^[!-~]{1,64}$" } as const;
