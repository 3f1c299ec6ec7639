/** Who a process is: a pid alone may have been given to somebody else in the meantime. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the operating system's own words; compared, never parsed. */
  readonly startedAt: string;
}

/** Where a container engine's API is; plain data, for the journal. */
export interface EngineAddress {
  /** `unix:///var/run/docker.sock`, `tcp://host:2375`. */
  readonly url: string;
  /** A folder with `ca.pem`, `cert.pem` and `key.pem`, where the engine wants to know who asks. */
  readonly certificates?: string;
}

/**
 * One thing to undo, as plain data: a program that never saw the run must be able to do it. Every step is idempotent
 * and does nothing when there is nothing left to undo.
 */
export type UndoStep =
  /** Of a proxy server of our own, which ends with the run, or of somebody else's, which stays as we leave it. */
  | {
      readonly do: "removeToxic";
      readonly admin: string;
      readonly proxy: string;
      readonly toxic: string;
      readonly foreign?: true;
    }
  | { readonly do: "openProxy"; readonly admin: string; readonly proxy: string; readonly foreign?: true }
  | { readonly do: "resume"; readonly process: ProcessIdentity }
  | { readonly do: "endProcess"; readonly process: ProcessIdentity }
  /** Every process that carries the run's mark in its environment or works inside its scratch folder. */
  | { readonly do: "endMarked"; readonly mark: string; readonly scratch: string }
  | { readonly do: "removePath"; readonly path: string }
  /** Asks a server that was there before the run, and stays; the journal keeps no password, but the path of a file. */
  | {
      readonly do: "askRedis";
      readonly host: string;
      readonly port: number;
      readonly user?: string;
      readonly passwordFile?: string;
      readonly commands: readonly (readonly string[])[];
    }
  | {
      readonly do: "askPostgres";
      readonly host: string;
      readonly port: number;
      readonly database: string;
      readonly user: string;
      readonly passwordFile?: string;
      readonly statements: readonly string[];
    }
  /** Takes the secrets out of the logs of a run, when nobody writes to them any more. */
  | { readonly do: "redactLogs"; readonly folder: string }
  /** A control group of the kernel, by its folder; its processes go to the group `home`. */
  | { readonly do: "removeGroup"; readonly path: string; readonly home: string }
  /** A container that was there before the run, and stays. */
  | {
      readonly do: "unpauseContainer";
      readonly engine: EngineAddress;
      readonly container: string;
    }
  /** Everything on a container engine that carries a label, as `faultline.run=<mark>`. */
  | {
      readonly do: "removeLabelled";
      readonly engine: EngineAddress;
      readonly label: string;
    };

/** Where undo steps are written before anything is done. */
export interface Journal {
  /** Written and flushed when this returns. @returns the entry's id, for `done` */
  record(step: UndoStep): number;
  /** The step has been undone (or what it undoes is over). */
  done(id: number): void;
}
