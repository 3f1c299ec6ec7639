/** A dependency did not answer, or could not. Nothing was changed; the same request may succeed later. */
export class Unavailable extends Error {
  readonly dependency: string;

  constructor(dependency: string, cause: unknown) {
    super(`${dependency} is not available: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = "Unavailable";
    this.dependency = dependency;
  }
}

/** The reply to a COMMIT was lost: the change was made or was not, and only a later look can tell. */
export class OutcomeUnknown extends Error {
  constructor(cause: unknown) {
    super("the transaction may have been committed: its reply was lost", { cause });
    this.name = "OutcomeUnknown";
  }
}

/** What a client did wrong, or must be told; answered as `application/problem+json` with its code. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  /** The part of the request that is not as it should be, as `body/priceCents`. */
  readonly field: string | undefined;

  constructor(status: number, code: string, detail: string, { field }: { field?: string } = {}) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.field = field;
  }
}
