/** How a system came to rest after the load, or what was left when the time for it was over. */
export interface Rest {
  /** What the audit said at last. Absent without an audit, and where it failed. */
  readonly isAtRest?: boolean;
  /** Why the audit could not answer. */
  readonly auditProblem?: string;
  /** From the end of the load until it was at rest, or was not waited for any longer, in ms. */
  readonly tookMs: number;
  /** How long it may take at the most by the scenario, in ms; what still falls then gets more. */
  readonly limitMs: number;
  /** What the audit counts; empty where it counts nothing, and where the system was at rest before it was read. */
  readonly gauges: readonly GaugeAtRest[];
  /** Why the gauges could not be read the last time. */
  readonly gaugesProblem?: string;
  readonly marks: MarksAtRest;
  /** How many instances report their readiness. Absent where they could not be asked to the end. */
  readonly instances?: number;
  /** Those that were not ready. */
  readonly notReady: readonly NotReady[];
}

/** One of the audit's gauges, as the wait for rest saw it. */
export interface GaugeAtRest {
  readonly name: string;
  /** In the steady phase; absent where it was not read then. */
  readonly steady?: number;
  readonly now: number;
  /** The lowest value of the last seconds: what comes and goes is not left over. */
  readonly lowest: number;
  /** How long ago it last fell, in ms; where it never did, how long it was watched. */
  readonly unmovedMs: number;
  /** Whether it had fallen so recently that more time may help. */
  readonly isFalling: boolean;
}

/** The marks of the components' own metrics, at one moment. */
export interface MarksAtRest {
  /** How many were read: marks that are on or off. Those on a counter, which never falls, say nothing of an end. */
  readonly read: number;
  readonly on: readonly MarkOn[];
  /** Those of which nothing is known, as the metric is missing or the instance does not answer. */
  readonly unread: readonly UnreadMark[];
}

/** A mark that is on. */
export interface MarkOn {
  readonly instance: string;
  readonly mark: string;
  readonly value: number;
  /** Since when without a break, on the run's clock. */
  readonly sinceMs: number;
  /** How far the value is beyond the bound. */
  readonly beyond: number;
  /** That the system's definition says so of it. Absent where it does not, and in runs of earlier versions. */
  readonly goesOffAlone?: true;
}

/** A mark of which nothing is known now. */
export interface UnreadMark {
  readonly instance: string;
  readonly mark: string;
  readonly metric: string;
  /** Whether it was read earlier in the run. */
  readonly wasRead: boolean;
}

/** An instance that does not report that it is ready. */
export interface NotReady {
  readonly instance: string;
  readonly health: "unready" | "silent";
  /** Since when without a break, on the run's clock. */
  readonly sinceMs: number;
}
