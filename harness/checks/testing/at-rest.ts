import type { Rest } from "../../model/rest.ts";

/** How a run came to rest that left nothing behind. */
export const atRest: Rest = {
  isAtRest: true,
  tookMs: 1200,
  limitMs: 10_000,
  gauges: [],
  marks: { read: 6, on: [], unread: [] },
  instances: 4,
  notReady: [],
};
