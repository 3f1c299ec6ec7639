/** Bytes that go over a link only then: of a script, what no other one has; of the queue, the key of what is done. */
export const moments = {
  commit: "COMMIT",
  fill: "redis.call('SET', KEYS[1], ARGV[2], 'PX'",
  tombstone: "redis.call('SET', KEYS[1], ARGV[1] .. ':'",
  orderDone: "bull:order-placed:completed",
  indexed: "bull:product-to-index:completed",
} as const;
