import pg from "pg";
import type { PostgresControl } from "../../model/capabilities.ts";
import type { Address } from "../../model/environment.ts";
import type { UndoStep } from "../../model/undo.ts";

const deadlineMs = 3000;

/** The superuser of every cluster that we make. */
export const superuser = "faultline";

/** Whom it is about. */
export interface PostgresSetting {
  readonly name: string;
  readonly address: Address;
  readonly database: string;
  readonly user: string;
  readonly password?: string;
  /** Who may do everything. */
  readonly superuser: { readonly user: string; readonly password?: string };
  /** SIGKILL to one process of the server's own tree. */
  readonly kill: (pid: number) => Promise<void>;
  /** The step that says these statements when we are gone; without it the server ends with the run. */
  readonly undo?: (statements: readonly string[]) => UndoStep;
}

type Login = "application" | "superuser";

interface Held {
  readonly client: pg.Client;
  readonly pid: number;
  isLost: boolean;
}

/** One Postgres server past the proxies, as its superuser: it has connections reserved that nobody else can take. */
export class PostgresServerControl implements PostgresControl {
  readonly name: string;
  readonly database: string;
  readonly user: string;
  readonly #setting: PostgresSetting;
  readonly #held = new Map<string, Held>();
  #inspector: Promise<pg.Client> | undefined;

  constructor(setting: PostgresSetting) {
    this.#setting = setting;
    this.name = setting.name;
    this.database = setting.database;
    this.user = setting.user;
  }

  async admin(...statements: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return this.#with("superuser", async (client) => {
      let rows: readonly Readonly<Record<string, unknown>>[] = [];
      for (const statement of statements) ({ rows } = await client.query(statement));
      return rows;
    });
  }

  async inspect(statement: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    this.#inspector ??= this.#connected("superuser");
    try {
      const client = await this.#inspector;
      return (await client.query<Readonly<Record<string, unknown>>>(statement)).rows;
    } catch (error) {
      // A server that stands still answers no farewell, either: it is not waited for.
      void this.#endInspector();
      throw error;
    }
  }

  async ask(statement: string): Promise<string | undefined> {
    try {
      await this.#with("application", (client) => client.query(statement));
      return undefined;
    } catch (error) {
      return (error as { code?: string }).code ?? "no answer";
    }
  }

  async hold(name: string, as: Login, ...statements: readonly string[]): Promise<number> {
    const known = this.#held.get(name);
    if (known !== undefined) return known.pid;
    const client = this.#client(as);
    try {
      await client.connect();
      for (const statement of ["BEGIN", ...statements]) await client.query(statement);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    // What the driver knows of its backend, and does not declare.
    const { processID } = client as unknown as { processID: number };
    const held: Held = { client, pid: processID, isLost: false };
    client.on("end", () => {
      held.isLost = true;
    });
    this.#held.set(name, held);
    return processID;
  }

  async release(name: string): Promise<void> {
    const held = this.#held.get(name);
    this.#held.delete(name);
    await held?.client.end().catch(() => undefined);
  }

  held(name: string): "held" | "lost" | "none" {
    const held = this.#held.get(name);
    return held === undefined ? "none" : held.isLost ? "lost" : "held";
  }

  undo(...statements: readonly string[]): readonly UndoStep[] {
    return this.#setting.undo === undefined ? [] : [this.#setting.undo(statements)];
  }

  killBackend(pid: number): Promise<void> {
    return this.#setting.kill(pid);
  }

  async close(): Promise<void> {
    void this.#endInspector();
    await Promise.all([...this.#held.keys()].map((name) => this.release(name)));
  }

  async #endInspector(): Promise<void> {
    const inspector = this.#inspector;
    this.#inspector = undefined;
    await inspector?.then((client) => client.end()).catch(() => undefined);
  }

  async #connected(as: Login): Promise<pg.Client> {
    const client = this.#client(as);
    try {
      await client.connect();
      return client;
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
  }

  async #with<T>(as: Login, act: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = await this.#connected(as);
    try {
      return await act(client);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  #client(as: Login): pg.Client {
    const { address, database, superuser } = this.#setting;
    const { user, password } = as === "superuser" ? superuser : this.#setting;
    const client = new pg.Client({
      ...address,
      user,
      ...(password === undefined ? {} : { password }),
      database,
      application_name: "faultline",
      connectionTimeoutMillis: deadlineMs,
      query_timeout: deadlineMs,
    });
    client.on("error", () => undefined);
    return client;
  }
}
