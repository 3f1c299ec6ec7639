import {
  type AsyncOperation,
  availability,
  linearizable,
  milliseconds,
  NotExecuted,
  nothingHangs,
  pause,
  redis,
  scenario,
  seconds,
  system,
  workload,
} from "faultline";
import { Redis } from "ioredis";

const clients = new Map<string, Redis>();
function clientOf({ host, port }: { readonly host: string; readonly port: number }): Redis {
  const at = `${host}:${port}`;
  const known = clients.get(at);
  if (known !== undefined) return known;
  const client = new Redis({ host, port, commandTimeout: 900, enableOfflineQueue: false, retryStrategy: () => 50 });
  clients.set(
    at,
    client.on("error", () => undefined),
  );
  return client;
}

const common = { deadline: milliseconds(1000) } as const;
const set: AsyncOperation = {
  ...common,
  weight: 1,
  effect: "write",
  async perform({ key, id }, { target }) {
    const client = clientOf(target);
    if (client.status !== "ready") throw new NotExecuted(`the client is ${client.status}`);
    await client.set(`key:${key}`, id);
    return { outcome: "ok" };
  },
};
const get: AsyncOperation = {
  ...common,
  weight: 3,
  effect: "read",
  async perform({ key }, { target }) {
    const value = await clientOf(target).get(`key:${key}`);
    return value === null ? { outcome: "ok" } : { outcome: "ok", value: Number(value) };
  },
};

export default scenario({
  name: "a Redis server stands still while its own clients ask it",
  expects: "no answer while it stands still, and a single register all the same",
  system: system({ name: "register", entry: "store", components: { store: redis() } }),
  workload: workload({
    name: "clients",
    perSecond: 200,
    keys: 5,
    sessions: 10,
    operations: { set, get },
    async prepare({ targets: [target] }) {
      if (target !== undefined)
        await clientOf(target)
          .ping()
          .catch(() => undefined);
    },
  }),
  phases: { warmUp: seconds(0.5), steady: seconds(1.5), faults: seconds(2.5), recovery: seconds(1.5) },
  faults: [{ at: seconds(0.3), lasting: seconds(2), inject: pause("store") }],
  checks: [linearizable(), availability({ atLeast: 0.5 }), nothingHangs({ atMost: 0.9 })],
});
