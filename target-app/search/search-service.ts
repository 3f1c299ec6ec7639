import { Unavailable } from "../platform/errors.ts";
import type { LastGood } from "../platform/last-good.ts";
import type { SearchAnswer, SearchIndex, SearchRequest } from "./search-index.ts";

export interface Found extends SearchAnswer {
  readonly degraded: boolean;
  readonly ageSeconds?: number;
}

/** The index, and while it is away copies of what it said, marked as such. */
export interface SearchService {
  /** @throws {Unavailable} when the index is away, and the same was not asked a while ago */
  find(request: SearchRequest): Promise<Found>;
}

export function searchService(index: SearchIndex, copies: LastGood<SearchAnswer>): SearchService {
  return {
    async find(request) {
      const { tenant, text, limit, offset } = request;
      const what = `search ${limit} ${offset} ${text}`;
      try {
        const answer = await index.search(request);
        copies.keep(tenant, what, answer);
        return { ...answer, degraded: false };
      } catch (error) {
        const copy = error instanceof Unavailable ? copies.find(tenant, what) : undefined;
        if (copy === undefined) throw error;
        return { ...copy.value, degraded: true, ageSeconds: Math.floor(copy.ageMs / 1000) };
      }
    },
  };
}
