/** Each under a name; nothing is begun twice under one. */
export interface ForeignTraffic {
  /** Asks on so many connections, each again as soon as it has its answer. */
  flood(name: string, request: FloodRequest, connections: number): void;
  /** Begins requests on so many connections, and never comes to their end. */
  trickle(name: string, connections: number): void;
  /** Does nothing when there is none of that name. */
  stop(name: string): Promise<void>;
  /** What there was so far; undefined when there is none of that name. */
  counts(name: string): TrafficCounts | undefined;
}

/**
 * What a flood asks for, over HTTP. `{n}` in its path, in the values of its headers and in its body is another number in
 * each request, also of other floods: from 1 in the first one, from 1,000,001 in the next.
 */
export interface FloodRequest {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What became of foreign requests. */
export interface TrafficCounts {
  /** Answers below 400; of a trickle, lines that were said. */
  readonly ok: number;
  /** Other answers; of a trickle, connections that were closed. */
  readonly refused: number;
  /** Requests without an answer, and connections that could not be made. */
  readonly broken: number;
  /** Connections that are open now. */
  readonly open: number;
}
