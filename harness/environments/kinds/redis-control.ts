import { connect } from "node:net";
import { Redis } from "ioredis";
import type { RedisCommand, RedisControl, RedisReply } from "../../model/capabilities.ts";
import type { Address } from "../../model/environment.ts";
import type { UndoStep } from "../../model/undo.ts";
import { redisSnapshot } from "./redis-snapshot.ts";

const deadlineMs = 2000;

/** What a server that is not ours needs besides. */
export interface RedisAccess {
  readonly user?: string;
  readonly password?: string;
  /** The step that says these commands when we are gone; without it the server ends with the run. */
  undo?(commands: readonly RedisCommand[]): UndoStep;
}

/** One Redis server past the proxies, and its settings as they were when it was ready. */
export class RedisServerControl implements RedisControl {
  readonly name: string;
  readonly #address: Address;
  readonly #access: RedisAccess;
  readonly #admin: Redis;
  #before: Readonly<Record<string, string>> = {};

  private constructor(name: string, address: Address, access: RedisAccess) {
    this.name = name;
    this.#address = address;
    this.#access = access;
    this.#admin = connection(address, access, true);
  }

  /** The server must be ready. @throws when it does not answer */
  static async open(name: string, address: Address, access: RedisAccess = {}): Promise<RedisServerControl> {
    const control = new RedisServerControl(name, address, access);
    try {
      await control.#admin.connect();
      control.#before = await redisSnapshot(control);
      return control;
    } catch (error) {
      control.close();
      throw error;
    }
  }

  async admin(...[name = "", ...args]: readonly string[]): Promise<RedisReply> {
    return (await this.#admin.call(name, ...args)) as RedisReply;
  }

  async ask(...[name = "", ...args]: readonly string[]): Promise<RedisReply> {
    const client = connection(this.#address, this.#access, false);
    try {
      await client.connect();
      return (await client.call(name, ...args)) as RedisReply;
    } finally {
      client.disconnect();
    }
  }

  firstWords(withinMs: number): Promise<string> {
    return new Promise((resolve) => {
      let words = "";
      const socket = connect(this.#address);
      const settle = (): void => {
        clearTimeout(timer);
        socket.destroy();
        resolve(words.trim());
      };
      const timer = setTimeout(settle, withinMs);
      socket.on("data", (chunk) => {
        words += chunk.toString("latin1");
      });
      socket.once("close", settle);
      socket.once("error", settle);
    });
  }

  original(setting: string): string {
    const value = this.#before[setting];
    if (value === undefined) throw new Error(`${this.name} has no setting ${setting}`);
    return value;
  }

  originalCommandRules(): readonly string[] {
    const line = this.#before["user default"] ?? "user default on nopass ~* &* +@all";
    return line.split(" ").filter((rule) => /^[+-]/.test(rule));
  }

  undo(...commands: readonly RedisCommand[]): readonly UndoStep[] {
    return this.#access.undo === undefined ? [] : [this.#access.undo(commands)];
  }

  close(): void {
    this.#admin.disconnect();
  }
}

/** @param lasts whether it is made anew when the server was restarted */
function connection({ host, port }: Address, { user, password }: RedisAccess, lasts: boolean): Redis {
  const client = new Redis({
    host,
    port,
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
    lazyConnect: true,
    connectTimeout: deadlineMs,
    commandTimeout: deadlineMs,
    maxRetriesPerRequest: lasts ? 20 : 0,
    enableReadyCheck: false,
    disableClientInfo: true,
    // A server that refuses for a while must find us back, at once.
    retryStrategy: lasts ? () => 50 : () => null,
  });
  // What it has to say is said by the command that fails.
  client.on("error", () => undefined);
  return client;
}
