import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attached } from "./attached.ts";
import { redact, redacting, secretsOf } from "./redact.ts";
import { redis, service, system } from "./system.ts";

const secret = "Xk29-fLq_77Zp";

describe("a secret goes away", () => {
  test.each([
    [`postgres://shop:${secret}@10.0.0.1:5432/shop refused`, "postgres://shop:***@10.0.0.1:5432/shop refused"],
    [`redis://:${secret}@cache`, "redis://:***@cache"],
    [`authorization: Bearer ${secret}`, "authorization: Bearer ***"],
    [`{"authorization":"Basic ${secret}=="}`, '{"authorization":"Basic ***"}'],
    [`password=${secret} host=db`, "password=*** host=db"],
    [`{"password":"${secret}","id":7}`, '{"password":"***","id":7}'],
    [`{\\"apiKey\\":\\"${secret}\\"}`, '{\\"apiKey\\":\\"***\\"}'],
    [`DB_PASSWORD: ${secret}`, "DB_PASSWORD: ***"],
    [`x-api-key: ${secret}`, "x-api-key: ***"],
    [`AWS_SECRET_ACCESS_KEY='${secret}'`, "AWS_SECRET_ACCESS_KEY='***'"],
    [`?access_token=${secret}&page=2`, "?access_token=***&page=2"],
    ["jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP-mB92K27uhbU", "jwt ***"],
    ["AKIAIOSFODNN7EXAMPLE", "***"],
    ["ghp_16C7e42F292c6912E7710c838347Ae178B4a", "***"],
  ])("%s", (text, redacted) => {
    expect(redact(text)).toBe(redacted);
    expect(redact(redacted)).toBe(redacted);
  });
});

test.each([
  "503 circuit open",
  "password authentication failed for user shop",
  "basic authentication is required",
  "no answer within 2 s from http://127.0.0.1:5432/orders?token",
  "arrivals sha256 8f14e45fceea167a5a36dedd4bea2543",
  "user@example.org: key 17 of keyspace tokens",
])("what is none stays: %s", (text) => expect(redact(text)).toBe(text));

test("what is known word for word goes away wherever it stands, whatever is around it", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      expect(redact(`${before}${secret}${after}`, [secret])).not.toContain(secret);
    }),
  );
});

test("a document stays a document, with its secrets taken out at every depth", () => {
  const document = { a: [{ password: secret, note: `postgres://u:${secret}@h` }], count: 3, ok: true };
  expect(JSON.parse(JSON.stringify(document, redacting()))).toEqual({
    a: [{ password: "***", note: "postgres://u:***@h" }],
    count: 3,
    ok: true,
  });
});

test("a hostile line costs no more than its length", () => {
  for (const part of ["a", "a:", "password", "Bearer ", "x://y:", "eyJ", "-_", "token="]) {
    const began = performance.now();
    redact(part.repeat(200_000 / part.length));
    expect(performance.now() - began, part).toBeLessThan(5000);
  }
});

test("a system's own secrets are those that variables and settings with such names tell", () => {
  const shop = system({
    name: "shop",
    entry: "api",
    components: {
      cache: redis(),
      db: attached({
        kind: "postgres",
        at: "127.0.0.1:5432",
        database: "shop",
        user: "shop",
        admin: { user: "postgres", password: `admin-${secret}` },
      }),
      api: service({
        command: ["node"],
        readyPath: "/",
        environment: { STRIPE_API_KEY: secret, DB_PASSWORD: "short", LOG_LEVEL: "debug-all" },
      }),
    },
  });
  expect(secretsOf(shop)).toEqual([`admin-${secret}`, secret]);
});
