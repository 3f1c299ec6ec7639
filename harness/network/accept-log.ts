import { open } from "node:fs/promises";

const chunkBytes = 1024 * 1024;

/**
 * The connections that a Toxiproxy of ours took, from its own log: it says so of each before it looks for the other end.
 * It is the only place where a connection shows that was reset at once, of which the kernel keeps nothing.
 */
export class AcceptLog {
  readonly #path: string;
  readonly #clients = new Map<string, string[]>();
  #readTo = 0;
  #rest = "";
  #reading: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** @returns the clients' ends of all connections so far to a proxy, as `127.0.0.1:41234`, in their order */
  async clientsOf(proxy: string): Promise<readonly string[]> {
    // One after the other: each goes on where the one before it came to.
    this.#reading = this.#reading.then(() => this.#readOn()).catch(() => undefined);
    await this.#reading;
    return this.#clients.get(proxy) ?? [];
  }

  /** The clients' addresses, without their ports, of all connections so far to any proxy. */
  async hosts(): Promise<ReadonlySet<string>> {
    await this.clientsOf("");
    const all = [...this.#clients.values()].flat();
    return new Set(all.map((client) => client.slice(0, client.lastIndexOf(":"))));
  }

  async #readOn(): Promise<void> {
    const file = await open(this.#path, "r");
    try {
      const buffer = Buffer.alloc(chunkBytes);
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, chunkBytes, this.#readTo);
        if (bytesRead === 0) return;
        this.#readTo += bytesRead;
        this.#take(buffer.toString("latin1", 0, bytesRead));
      }
    } finally {
      await file.close();
    }
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      const entry = acceptedIn(line);
      if (entry === undefined) continue;
      const clients = this.#clients.get(entry.proxy) ?? [];
      clients.push(entry.client);
      this.#clients.set(entry.proxy, clients);
    }
  }
}

function acceptedIn(line: string): { readonly proxy: string; readonly client: string } | undefined {
  if (!line.includes('"Accepted client"')) return undefined;
  try {
    const { name, client } = JSON.parse(line);
    return typeof name === "string" && typeof client === "string" ? { proxy: name, client } : undefined;
  } catch {
    return undefined;
  }
}
