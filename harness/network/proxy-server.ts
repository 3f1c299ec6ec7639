import {
  type ICreateProxyBody,
  type ICreateToxicBody,
  type Proxy as ProxyHandle,
  Toxiproxy,
} from "toxiproxy-node-client";
import type { Toxic } from "../model/capabilities.ts";
import type { Address } from "../model/environment.ts";
import { exits, FaultlineError, messageOf } from "../model/errors.ts";
import { withDeadline } from "./deadline.ts";

/** How long an admin call may take. Removing a toxic can wedge the whole API (Toxiproxy #159, #210, #412, #558). */
const adminDeadlineMs = 3000;

/** What Toxiproxy's API tells of a proxy. The client drops the toxics, so they are read past it. */
interface ProxyState {
  readonly enabled: boolean;
  readonly toxics: readonly { readonly name: string }[];
}

/** One Toxiproxy server; every call to its admin API has a deadline, and says what failed. */
export class ProxyServer {
  readonly admin: string;
  readonly #client: Toxiproxy;
  readonly #proxies = new Map<string, ProxyHandle>();

  constructor(address: Address) {
    this.admin = `http://${address.host}:${address.port}`;
    this.#client = new Toxiproxy(this.admin);
  }

  /** @returns the server's version, from the server itself */
  async version(): Promise<string> {
    const text = await this.#call("read the version", () => this.#client.getVersion());
    return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? text.trim();
  }

  /** Opens a proxy. @param name one path segment, as `api-1.cache` */
  async open(name: string, listen: Address, upstream: Address): Promise<void> {
    const body: ICreateProxyBody = {
      name,
      enabled: true,
      listen: `${listen.host}:${listen.port}`,
      upstream: `${upstream.host}:${upstream.port}`,
    };
    this.#proxies.set(name, await this.#call(`open the proxy ${name}`, () => this.#client.createProxy(body)));
  }

  async addToxic(proxy: string, toxic: Toxic): Promise<void> {
    if ((await this.toxics(proxy)).includes(toxic.name)) await this.removeToxic(proxy, toxic.name);
    const body = { ...toxic, toxicity: 1 } as ICreateToxicBody<never>;
    await this.#call(`add ${toxic.type} to ${proxy}`, () => this.#handle(proxy).addToxic(body));
  }

  /** Does nothing when there is no such toxic. */
  async removeToxic(proxy: string, toxic: string): Promise<void> {
    if (!(await this.toxics(proxy)).includes(toxic)) return;
    const url = `${this.#url(proxy)}/toxics/${encodeURIComponent(toxic)}`;
    await this.#call(`remove ${toxic} from ${proxy}`, () => this.#client.getApi().delete(url));
  }

  /** @returns the names of the toxics on a proxy */
  async toxics(proxy: string): Promise<readonly string[]> {
    return (await this.#state(proxy)).toxics.map((toxic) => toxic.name);
  }

  /** A proxy that is not enabled does not listen, and its connections are closed. */
  async setEnabled(proxy: string, enabled: boolean): Promise<void> {
    if ((await this.isEnabled(proxy)) === enabled) return;
    // Only the field that changes: any other would restart the proxy.
    await this.#call(`${enabled ? "open" : "close"} ${proxy}`, () =>
      this.#client.getApi().post(this.#url(proxy), { enabled }),
    );
  }

  async isEnabled(proxy: string): Promise<boolean> {
    return (await this.#state(proxy)).enabled;
  }

  async #state(proxy: string): Promise<ProxyState> {
    const { data } = await this.#call(`read ${proxy}`, () => this.#client.getApi().get<ProxyState>(this.#url(proxy)));
    return data;
  }

  #url(proxy: string): string {
    return `${this.admin}/proxies/${encodeURIComponent(proxy)}`;
  }

  #handle(name: string): ProxyHandle {
    const handle = this.#proxies.get(name);
    if (handle === undefined) throw new Error(`no proxy ${name} was opened`);
    return handle;
  }

  async #call<T>(what: string, call: () => Promise<T>): Promise<T> {
    const problem = (message: string, cause?: unknown): FaultlineError =>
      new FaultlineError(
        exits.system,
        [
          {
            code: "TOXIPROXY_CALL_FAILED",
            where: this.admin,
            message: `could not ${what}: ${message}`,
            remedy: "See logs/toxiproxy.log of the run folder; if Toxiproxy hangs, that is an event of the run.",
          },
        ],
        { cause },
      );
    try {
      return await withDeadline(call(), adminDeadlineMs, () => problem(`no answer in ${adminDeadlineMs} ms`));
    } catch (error) {
      throw error instanceof FaultlineError ? error : problem(messageOf(error), error);
    }
  }
}
