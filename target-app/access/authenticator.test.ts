import { setTimeout as sleep } from "node:timers/promises";
import { array, assert, asyncProperty, boolean, integer, record } from "fast-check";
import { describe, expect, it } from "vitest";
import { Unavailable } from "../platform/errors.ts";
import { createLog } from "../platform/log.ts";
import { type AuthenticatorOptions, createAuthenticator, type Guesser } from "./authenticator.ts";
import type { Principal } from "./scopes.ts";

const log = createLog({ logLevel: "silent", instance: "test" });
const shopper: Principal = { keyId: "1", tenant: "acme", scopes: ["products:read"] };
const key = "acme.shopper.secret";

/** A store that says what it is told to, and a clock that goes when it is told to. */
function setUp(options: Partial<AuthenticatorOptions> = {}) {
  const store = {
    asked: 0,
    answer: async (): Promise<Principal | undefined> => shopper,
  };
  const clock = { ms: 1_000_000 };
  const find = () => {
    store.asked += 1;
    return store.answer();
  };
  const authenticator = createAuthenticator({ find, log, now: () => clock.ms, ...options });
  const authenticate = (sent: string, guesser?: Guesser) => authenticator.authenticate(sent, guesser);
  return { store, clock, authenticate };
}

const away = () => Promise.reject(new Error("away"));
const nobody = async () => undefined;
/** Until what was begun in the background is done, when nothing in it waits for more than promises. */
const settled = () => new Promise((resolve) => void setImmediate(resolve));

describe("a valid key", () => {
  it("is asked for once, also when many come with it at first", async () => {
    const { authenticate, store } = setUp();
    const all = await Promise.all(Array.from({ length: 10 }, () => authenticate(key)));
    expect(all).toEqual(Array.from({ length: 10 }, () => shopper));
    expect(await authenticate(key)).toEqual(shopper);
    expect(store.asked).toBe(1);
  });

  it("is refreshed in the background once it is a second old, one question at a time", async () => {
    const { authenticate, store, clock } = setUp();
    await authenticate(key);
    clock.ms += 999;
    await authenticate(key);
    expect(store.asked).toBe(1);
    const slow = Promise.withResolvers<Principal | undefined>();
    store.answer = () => slow.promise;
    for (let at = 0; at < 5; at += 1) {
      clock.ms += 1000;
      expect(await authenticate(key)).toEqual(shopper);
    }
    expect(store.asked).toBe(2);
    slow.resolve({ ...shopper, scopes: [] });
    await settled();
    expect(await authenticate(key)).toMatchObject({ scopes: [] });
  });

  it("is refused from the first answer on that says it was revoked", async () => {
    const { authenticate, store, clock } = setUp();
    await authenticate(key);
    store.answer = nobody;
    clock.ms += 1000;
    expect(await authenticate(key)).toEqual(shopper);
    await settled();
    expect(await authenticate(key)).toBeUndefined();
    expect(store.asked).toBe(2);
  });

  it("is good within the bound while the store is away, and not a millisecond longer", async () => {
    const { authenticate, store, clock } = setUp({ revocationSeconds: 3 });
    await authenticate(key);
    store.answer = away;
    clock.ms += 2999;
    expect(await authenticate(key)).toEqual(shopper);
    await settled();
    clock.ms += 1;
    await expect(authenticate(key)).rejects.toBeInstanceOf(Unavailable);
  });

  it("counts its age from before the question, however long the answer took", async () => {
    const { authenticate, store, clock } = setUp();
    store.answer = async () => {
      clock.ms += 600;
      return shopper;
    };
    await authenticate(key);
    store.answer = away;
    clock.ms += 9399;
    expect(await authenticate(key)).toEqual(shopper);
    clock.ms += 1;
    await expect(authenticate(key)).rejects.toBeInstanceOf(Unavailable);
  });

  it("asks a store that is away once a second, not with each request", async () => {
    const { authenticate, store, clock } = setUp();
    await authenticate(key);
    store.answer = away;
    for (let at = 0; at < 50; at += 1) {
      clock.ms += 100;
      expect(await authenticate(key)).toEqual(shopper);
      await settled();
    }
    expect(store.asked).toBe(1 + 5);
  });

  it("is not driven out by a flood of wrong ones", async () => {
    const { authenticate, store } = setUp();
    await authenticate(key);
    store.answer = nobody;
    for (let at = 0; at < 11_000; at += 1) await authenticate(`acme.shopper.${at}`);
    store.answer = away;
    expect(await authenticate(key)).toEqual(shopper);
  });
});

describe("a wrong key", () => {
  it("is asked for once a second, and is good within a second of being issued", async () => {
    const { authenticate, store, clock } = setUp();
    store.answer = nobody;
    for (let at = 0; at < 9; at += 1) {
      expect(await authenticate(key)).toBeUndefined();
      clock.ms += 100;
    }
    expect(store.asked).toBe(1);
    store.answer = async () => shopper;
    clock.ms += 100;
    expect(await authenticate(key)).toEqual(shopper);
  });

  it("is told once for each question, and is only asked for by who may", async () => {
    const { authenticate, store, clock } = setUp();
    store.answer = nobody;
    const told = { wrong: 0, asked: 0 };
    const guesser = {
      async mayAsk() {
        told.asked += 1;
      },
      async wasWrong() {
        told.wrong += 1;
      },
    };
    await Promise.all(Array.from({ length: 20 }, () => authenticate(key, guesser)));
    expect(told).toEqual({ asked: 20, wrong: 1 });
    await authenticate(key, guesser);
    expect(told).toEqual({ asked: 20, wrong: 1 });
    clock.ms += 1000;
    const mayNot = { ...guesser, mayAsk: () => Promise.reject(new Error("too many")) };
    await expect(authenticate(key, mayNot)).rejects.toThrow("too many");
    expect(store.asked).toBe(1);
  });

  it("is held up by nobody when it was valid before", async () => {
    const { authenticate, clock } = setUp();
    await authenticate(key);
    clock.ms += 60_000;
    const mayNot = { mayAsk: () => Promise.reject(new Error("too many")), wasWrong: async () => undefined };
    expect(await authenticate(key, mayNot)).toEqual(shopper);
  });
});

describe("a store that is away", () => {
  it("leaves an unknown key neither valid nor wrong, and its failure is not kept", async () => {
    const { authenticate, store } = setUp();
    store.answer = away;
    await expect(authenticate(key)).rejects.toBeInstanceOf(Unavailable);
    store.answer = async () => shopper;
    expect(await authenticate(key)).toEqual(shopper);
  });

  it("is given up before the request is, when it never answers", async () => {
    const { authenticate, store } = setUp();
    store.answer = () => new Promise(() => undefined);
    // By order, which holds on a machine that stands still, too: the request is given up after 880 ms.
    const request = sleep(880).then(() => Promise.reject(new Error("the request was given up first")));
    request.catch(() => undefined);
    await expect(Promise.race([authenticate(key), request])).rejects.toBeInstanceOf(Unavailable);
  });
});

it("never lets a key in once it has been revoked for as long as the bound, whatever the store does", async () => {
  const step = record({
    afterMs: integer({ min: 0, max: 1500 }),
    isUp: boolean(),
    takesMs: integer({ min: 0, max: 600 }),
  });
  const steps = array(step, { minLength: 1, maxLength: 60 });
  const property = asyncProperty(steps, integer({ min: 0, max: 60 }), async (history, revokedAtStep) => {
    const { authenticate, store, clock } = setUp({ revocationSeconds: 2 });
    let revokedAt = Number.POSITIVE_INFINITY;
    for (const [at, { afterMs, isUp, takesMs }] of history.entries()) {
      clock.ms += afterMs;
      if (at === revokedAtStep) revokedAt = clock.ms;
      store.answer = async () => {
        if (!isUp) throw new Error("away");
        const isValid = clock.ms < revokedAt;
        clock.ms += takesMs;
        return isValid ? shopper : undefined;
      };
      const sentAt = clock.ms;
      const answer = await authenticate(key).catch(() => "unavailable");
      if (answer === shopper) expect(sentAt).toBeLessThan(revokedAt + 2000);
      if (answer === undefined) expect(clock.ms).toBeGreaterThanOrEqual(revokedAt);
      if (answer === "unavailable") expect(isUp).toBe(false);
      await settled();
    }
  });
  await assert(property);
});
