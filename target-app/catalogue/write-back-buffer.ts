import { BrokenCircuitError } from "cockatiel";
import { OutcomeUnknown, Unavailable } from "../platform/errors.ts";
import type { RedisLink } from "../platform/redis-link.ts";
import { type Product, type ProductChange, type ProductKey, type ProductState, textOf } from "./products.ts";

/** Changes that are acknowledged and not in Postgres yet: at most one for each product, which holds the earlier ones. */
export interface WriteBackBuffer {
  accept(key: ProductKey, base: Product, change: ProductChange, expected?: number): Promise<Accepted>;
  /** What Postgres will know of the product once everything is written back. */
  overlay(key: ProductKey, state: ProductState): Promise<ProductState>;
  entries(): Promise<readonly Buffered[]>;
  /** Unless a newer change came in between. */
  done(entry: Buffered): Promise<void>;
}

export interface Accepted {
  /** The version that was there. */
  readonly before: number;
  /** Nothing if that was not what the caller expected. */
  readonly product?: Product;
}

interface Entry {
  readonly version: number;
  readonly change: Required<ProductChange>;
}

export interface Buffered extends Entry {
  readonly key: ProductKey;
}

const hash = "write-back";
/** Longer than a cache may serve an older version as the base of a change, whose number would then be given twice. */
const versionMs = 60_000;

/** Keys: the hash, the version given last. Arguments: field, base version, expected version or '', name or '', change. */
const acceptScript = `
  local before = math.max(tonumber(ARGV[2]), tonumber(redis.call('GET', KEYS[2]) or '0'))
  local change = cjson.decode(ARGV[5])
  local held = redis.call('HGET', KEYS[1], ARGV[1])
  if held and ARGV[4] == '' then change.name = cjson.decode(held).change.name end
  if ARGV[3] ~= '' and tonumber(ARGV[3]) ~= before then return { before, '' } end
  local entry = cjson.encode({ version = before + 1, change = change })
  redis.call('HSET', KEYS[1], ARGV[1], entry)
  redis.call('SET', KEYS[2], before + 1, 'PX', ${versionMs})
  return { before, entry }
`;

/** Key: the hash. Arguments: field, version. */
const doneScript = `
  local held = redis.call('HGET', KEYS[1], ARGV[1])
  if held and cjson.decode(held).version == tonumber(ARGV[2]) then redis.call('HDEL', KEYS[1], ARGV[1]) end
`;

export function writeBackBuffer(link: RedisLink): WriteBackBuffer {
  const unavailable = (error: unknown) => new Unavailable("the write-back buffer", error);
  return {
    async accept(key, base, change, expected) {
      if (!link.isReady()) throw unavailable(new Error("there is no connection to it"));
      const whole = JSON.stringify({ ...change, name: change.name ?? base.name });
      const args = [textOf(key), base.version, expected ?? "", change.name ?? "", whole];
      const versionKey = `write-back-version:${textOf(key)}`;
      const answer = link.run("accept", (redis) => redis.eval(acceptScript, 2, hash, versionKey, ...args));
      const [before, text] = (await answer.catch((error) => {
        // A script whose answer is missing may have run.
        throw error instanceof BrokenCircuitError ? unavailable(error) : new OutcomeUnknown(error);
      })) as [number, string];
      if (text === "") return { before };
      const { version, change: taken } = JSON.parse(text) as Entry;
      return { before, product: { ...base, ...taken, version } };
    },
    async overlay(key, state) {
      const held = link.run("overlay", (redis) => redis.hget(hash, textOf(key)));
      const text = await held.catch((error) => Promise.reject(unavailable(error)));
      if (text === null || state.product === undefined) return state;
      const { version, change } = JSON.parse(text) as Entry;
      return version > state.version ? { product: { ...state.product, ...change, version }, version } : state;
    },
    async entries() {
      const all = await link.run("entries", (redis) => redis.hgetall(hash));
      return Object.entries(all).map(([field, text]) => ({ key: keyIn(field), ...(JSON.parse(text) as Entry) }));
    },
    async done({ key, version }) {
      await link.run("done", (redis) => redis.eval(doneScript, 1, hash, textOf(key), version));
    },
  };
}

function keyIn(field: string): ProductKey {
  const [tenant = "", id] = field.split(":");
  return { tenant, id: Number(id) };
}
