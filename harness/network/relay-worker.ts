/**
 * The relays of a run, in a thread of their own: what they carry must not wait for the load generator, nor the other way
 * round. They end with the thread, and it with its process, however that ends.
 */
import { parentPort } from "node:worker_threads";
import { messageOf } from "../model/errors.ts";
import { endOfRelays, type RelayCall, type RelayReply } from "./relay-calls.ts";
import { RelayServer } from "./relay-server.ts";

const relays = new Map<string, RelayServer>();

async function perform({ call, link, args }: RelayCall): Promise<unknown> {
  if (call === "open") {
    const [listen, upstream] = args;
    const relay = new RelayServer(upstream);
    relays.set(link, relay);
    return relay.listen(listen);
  }
  const relay = relays.get(link);
  if (relay === undefined) throw new Error(`no relay carries ${link}`);
  return (relay[call] as (...given: readonly unknown[]) => unknown).apply(relay, [...args]);
}

/** With every connection and listener closed, and nobody to hear from, nothing keeps the thread. */
function end(): void {
  for (const relay of relays.values()) relay.close();
  parentPort?.close();
}

parentPort?.on("message", (asked: RelayCall | typeof endOfRelays) => {
  if (asked === endOfRelays) return end();
  const { id } = asked;
  const answer = (reply: RelayReply): void => parentPort?.postMessage(reply);
  void perform(asked).then(
    (value) => answer({ id, value }),
    (error: unknown) => answer({ id, error: messageOf(error) }),
  );
});
