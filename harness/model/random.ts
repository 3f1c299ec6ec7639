/**
 * Counter-based randomness: every number is `hash(seed, stream, counter)`, so that removing one event leaves all
 * others as they were (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011).
 */
export interface Random {
  /** A number in [0, 1) that depends only on the seed, the stream and the counter. */
  at(counter: number): number;
  /** An independent stream: one each for workload, faults and jitter. */
  stream(name: string): Random;
}

/** @param seed any text; the same text gives the same numbers on every machine */
export function randomFrom(seed: string): Random {
  const low = fnv1a(seed, 0x811c9dc5);
  const high = fnv1a(seed, 0x9e3779b9);
  return {
    at: (counter) => toUnit(mix(mix(low ^ Math.imul(counter, 0x85ebca6b)) + high), mix(mix(high + counter) ^ low)),
    stream: (name) => randomFrom(`${seed}/${name}`),
  };
}

/** FNV-1a over UTF-16 code units, finished with `mix` so that near seeds are far apart. */
function fnv1a(text: string, basis: number): number {
  let hash = basis;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return mix(hash);
}

/** The 32-bit finaliser of MurmurHash3. */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** 53 bits from two 32-bit words. */
function toUnit(high: number, low: number): number {
  return ((high >>> 5) * 67_108_864 + (low >>> 6)) / 9_007_199_254_740_992;
}
