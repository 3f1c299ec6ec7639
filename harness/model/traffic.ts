/** Bytes that went over a link: from its clients to the proxy, and from the proxy to its clients. */
export interface ByteCounts {
  readonly requestBytes: number;
  readonly replyBytes: number;
}

/** What there is to see of a link's traffic at one moment, without Faultline's own probes. */
export interface LinkLook {
  /** The clients' connections to the proxy, by the client's end; also those that were closed a moment ago. Absent where the kernel can't be asked. */
  readonly connections?: ReadonlyMap<string, ConnectionLook>;
  /** How many connections the proxy has taken so far; absent where it does not say. */
  readonly accepted?: number;
  /** Of all connections that are over; absent where the proxy does not say. */
  readonly closed?: ByteCounts;
}

/** A look at the connections of a link. */
export interface OpenConnections {
  readonly open: number;
  /** When they were looked at, on the clock of `performance.now()`. Looks for several links are shared. */
  readonly lookedAtMs: number;
}

/** A connection of a client to a proxy. Its bytes are absent where the kernel does not say. */
export interface ConnectionLook extends Partial<ByteCounts> {
  readonly isOpen: boolean;
}

/**
 * What went over the link that a fault acted on, from its request to that of its heal; of Faultline's own probes, nothing.
 * From the request, and not from the proof: who gives up at the first failure does so before the fault is proven. A number
 * that could not be seen is absent.
 */
export interface LinkTraffic {
  /** Connections that were open when the fault was requested. */
  readonly open?: number;
  /** Those of them that had carried bytes since the steady phase began. */
  readonly inUse?: number;
  /** Those of the ones in use that ended while it acted. */
  readonly ended?: number;
  /** Connections that were made, or begun, while it acted. */
  readonly attempts?: number;
  /** Bytes that the proxy received of the link's clients. */
  readonly requestBytes?: number;
  /** Bytes that the proxy sent to them. */
  readonly replyBytes?: number;
  /** From the beginning of the steady phase until the fault was requested. */
  readonly before?: { readonly attempts?: number; readonly requestBytes?: number; readonly replyBytes?: number };
}
