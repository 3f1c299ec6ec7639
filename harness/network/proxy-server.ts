import {
  type ICreateProxyBody,
  type ICreateToxicBody,
  type Proxy as ProxyHandle,
  Toxiproxy,
} from "toxiproxy-node-client";
import type { Toxic } from "../model/capabilities.ts";
import type { Address } from "../model/environment.ts";
import type { CodeWith } from "../model/error-codes/index.ts";
import { exits, FaultlineError, messageOf } from "../model/errors.ts";
import { statedDuration } from "../model/quantities.ts";
import { withDeadline } from "./deadline.ts";

/** How long an admin call may take. Removing a toxic can wedge the whole API (Toxiproxy #159, #210, #412, #558). */
const adminDeadlineMs = 3000;

/** What a proxy is meant to be: what a server that takes the place of a wedged one is told. */
interface Meant {
  readonly listen: Address;
  readonly upstream: Address;
  enabled: boolean;
  readonly toxics: Map<string, Toxic>;
}

/** What Toxiproxy's API tells of a proxy. The client drops the toxics, so they are read past it. */
interface ProxyState {
  readonly enabled: boolean;
  readonly toxics: readonly { readonly name: string }[];
}

/** A server that was replaced. Both times are on the clock of `performance.now()`, in ms. */
export interface Replacement {
  readonly why: string;
  /** When the call was made that had no answer. */
  readonly fromMs: number;
  /** When the new server had every proxy and toxic again, or it was clear that it would not. */
  readonly toMs: number;
  /** The proxies whose connections were broken off. */
  readonly proxies: readonly string[];
}

/**
 * One Toxiproxy server; every call to its admin API has a deadline, and says what failed. A server that does not answer in
 * time is wedged for good: it is replaced, and the new one gets all proxies and toxics that the old one was to have.
 */
export class ProxyServer {
  readonly admin: string;
  readonly #client: Toxiproxy;
  readonly #handles = new Map<string, ProxyHandle>();
  readonly #meant = new Map<string, Meant>();
  readonly #replace: ((why: string) => Promise<void>) | undefined;
  readonly #onReplaced: ((replacement: Replacement) => void) | undefined;
  #replacement: Promise<void> | undefined;
  #replaced = 0;

  /**
   * @param replace ends the server's process and starts another one on the same port; without it nothing is replaced
   * @param onReplaced called after each replacement, also after one that failed
   */
  constructor(
    address: Address,
    replace?: (why: string) => Promise<void>,
    onReplaced?: (replacement: Replacement) => void,
  ) {
    this.admin = `http://${address.host}:${address.port}`;
    this.#client = new Toxiproxy(this.admin);
    this.#replace = replace;
    this.#onReplaced = onReplaced;
  }

  /** @returns the server's version, from the server itself */
  async version(): Promise<string> {
    const text = await this.#call("read the version", () => this.#client.getVersion());
    return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? text.trim();
  }

  /** Opens a proxy. @param name one path segment, as `api-1.cache` */
  async open(name: string, listen: Address, upstream: Address): Promise<void> {
    const meant: Meant = { listen, upstream, enabled: true, toxics: new Map() };
    await this.#call(`open the proxy ${name}`, () => this.#create(name, meant));
    this.#meant.set(name, meant);
  }

  /**
   * Takes hold of a proxy that somebody else opened; it is not opened anew when the server is lost.
   * @returns where it listens and whether it does; the names of those that there are, when it is not among them
   */
  async adopt(name: string): Promise<{ readonly listen: string; readonly enabled: boolean } | readonly string[]> {
    const all = await this.#call(`read the proxies`, () => this.#client.getAll());
    const handle = all[name];
    if (handle === undefined) return Object.keys(all);
    this.#handles.set(name, handle);
    return { listen: handle.listen, enabled: handle.enabled };
  }

  async addToxic(proxy: string, toxic: Toxic): Promise<void> {
    if ((await this.toxics(proxy)).includes(toxic.name)) await this.removeToxic(proxy, toxic.name);
    await this.#call(`add ${toxic.type} to ${proxy}`, () => this.#put(proxy, toxic));
    this.#meant.get(proxy)?.toxics.set(toxic.name, toxic);
  }

  /** Does nothing when there is no such toxic. */
  async removeToxic(proxy: string, toxic: string): Promise<void> {
    // First of all: a server that is wedged by this very call is replaced by one without the toxic.
    this.#meant.get(proxy)?.toxics.delete(toxic);
    if (!(await this.toxics(proxy)).includes(toxic)) return;
    const url = `${this.#url(proxy)}/toxics/${encodeURIComponent(toxic)}`;
    await this.#call(`remove ${toxic} from ${proxy}`, () => this.#delete(url));
  }

  /** @returns the names of the toxics on a proxy */
  async toxics(proxy: string): Promise<readonly string[]> {
    return (await this.#state(proxy)).toxics.map((toxic) => toxic.name);
  }

  /** A proxy that is not enabled does not listen, and its connections are closed. */
  async setEnabled(proxy: string, enabled: boolean): Promise<void> {
    const meant = this.#meant.get(proxy);
    if (meant !== undefined) meant.enabled = enabled;
    if ((await this.isEnabled(proxy)) === enabled) return;
    await this.#call(`${enabled ? "open" : "close"} ${proxy}`, () => this.#enable(proxy, enabled));
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

  async #create(name: string, { listen, upstream }: Meant, enabled = true): Promise<void> {
    const body: ICreateProxyBody = {
      name,
      enabled,
      listen: `${listen.host}:${listen.port}`,
      upstream: `${upstream.host}:${upstream.port}`,
    };
    this.#handles.set(name, await this.#client.createProxy(body));
  }

  /** What is not there is gone already: a server that took the place of a wedged one never had it (Toxiproxy #558). */
  async #delete(url: string): Promise<void> {
    try {
      await this.#client.getApi().delete(url);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** Only the field that changes: any other would restart the proxy. */
  async #enable(proxy: string, enabled: boolean): Promise<void> {
    await this.#client.getApi().post(this.#url(proxy), { enabled });
  }

  async #put(proxy: string, toxic: Toxic): Promise<void> {
    const handle = this.#handles.get(proxy);
    if (handle === undefined) throw new Error(`no proxy ${proxy} was opened`);
    await handle.addToxic({ toxicity: 1, ...toxic } as ICreateToxicBody<never>);
  }

  /** A call without an answer is made once more, of the server that took the wedged one's place. */
  async #call<T>(what: string, call: () => Promise<T>): Promise<T> {
    const replaced = this.#replaced;
    const fromMs = performance.now();
    try {
      return await this.#inTime(what, call);
    } catch (error) {
      // Several calls may hang at once: the first to be out of patience has it replaced, and the others fail of that.
      const isUnderWay = this.#replacement !== undefined || this.#replaced !== replaced;
      const isHang = error instanceof FaultlineError && error.code === "TOXIPROXY_HANGS";
      if (this.#replace === undefined || !(isHang || isUnderWay)) throw error;
      if (this.#replaced === replaced) await this.#takePlace(this.#replace, what, fromMs);
      return this.#inTime(what, call);
    }
  }

  #takePlace(replace: (why: string) => Promise<void>, what: string, fromMs: number): Promise<void> {
    const why = `it did not ${what} in ${statedDuration(adminDeadlineMs)}`;
    const proxies = [...this.#meant].flatMap(([name, { enabled }]) => (enabled ? [name] : []));
    this.#replacement ??= (async () => {
      await replace(why);
      for (const [name, meant] of this.#meant) {
        // Closed until its toxics are there, so that nothing gets through that would not have before.
        await this.#inTime(`open the proxy ${name} again`, () => this.#create(name, meant, false));
        for (const toxic of meant.toxics.values())
          await this.#inTime(`put ${toxic.type} back`, () => this.#put(name, toxic));
        if (meant.enabled) await this.#inTime(`open ${name}`, () => this.#enable(name, true));
      }
      this.#replaced += 1;
    })().finally(() => {
      this.#replacement = undefined;
      this.#onReplaced?.({ why, fromMs, toMs: performance.now(), proxies });
    });
    return this.#replacement;
  }

  async #inTime<T>(what: string, call: () => Promise<T>): Promise<T> {
    const problem = (code: CodeWith<"system">, message: string, cause?: unknown): FaultlineError => {
      const remedy = "See logs/toxiproxy.log of the run folder; a Toxiproxy that hangs is an event of the run.";
      const full = { code, where: this.admin, message: `could not ${what}: ${message}`, remedy };
      return new FaultlineError(exits.system, [full], { cause });
    };
    try {
      const late = (): Error => problem("TOXIPROXY_HANGS", `no answer in ${statedDuration(adminDeadlineMs)}`);
      return await withDeadline(call(), adminDeadlineMs, late);
    } catch (error) {
      throw error instanceof FaultlineError ? error : problem("TOXIPROXY_CALL_FAILED", messageOf(error), error);
    }
  }
}

/** The client keeps the status of an answer nowhere but in its message. */
const isNotFound = (error: unknown): boolean => messageOf(error).endsWith(" status code 404");
