import { expect, test, vi } from "vitest";
import type { ScheduledInjection } from "../model/fault.ts";
import { randomFrom } from "../model/random.ts";
import type { RelayControl, SilenceCounts } from "../model/relay.ts";
import { linksNamed, redis, service, system } from "../model/system.ts";
import { milliseconds } from "../model/units.ts";
import { schedule } from "../plan/schedule.ts";
import { cutWhile, cutWhileFault } from "./cut-while.ts";
import { faultKinds } from "./index.ts";
import { partition } from "./partition.ts";
import { silence, silenceFault } from "./silence.ts";

// Which fault a scenario gets, what planning says of it, and what its proof is made of.

const shop = system({
  name: "shop",
  entry: "web",
  components: {
    cache: redis(),
    web: service({ command: ["node"], readyPath: "/", links: { CACHE: { to: "cache", as: "{host}:{port}" } } }),
  },
});
const local = { name: "local", capabilities: ["network", "relay"], kinds: ["redis", "service"] };

function planned(inject: ReturnType<typeof partition>, environment: object = local) {
  const injections = [{ at: milliseconds(0), lasting: milliseconds(2000), inject }];
  const stage = { system: shop, faultsMs: 3000, operations: [], random: randomFrom("") };
  return schedule(injections, stage, { faultKinds, environment: environment as typeof local });
}

test("a partition closes what it met; one that heals for new connections only is the fault that does not", () => {
  // As in schedules of earlier versions.
  const closing = { kind: "partition", target: "web->cache", parameters: { direction: "both", share: 1 } };
  expect(partition("web->cache")).toEqual(closing);
  expect(partition("web->cache", { heal: "closes" })).toEqual(closing);
  const silent = partition("web->cache", { heal: "newConnectionsOnly", direction: "replies", share: 0.5 });
  expect(silent).toEqual(silence("web->cache", { direction: "replies", share: 0.5 }));
  expect(silent.kind).toBe("silence");
  const { problems, schedule: drawn } = planned(partition("web->cache", { heal: "newConnectionsOnly" }));
  expect(problems).toEqual([]);
  expect(drawn).toMatchObject([{ acts: ["web->cache"], title: "partition web->cache, old connections stay silent" }]);
  expect(linksNamed(shop, "web->cache")).toHaveLength(1);
});

test.each([
  ["heal", partition("web->cache", { heal: "never" } as never), "heal"],
  ["direction", partition("web->cache", { heal: "newConnectionsOnly", direction: "sideways" } as never), "direction"],
  ["share", partition("web->cache", { heal: "newConnectionsOnly", share: 0 }), "share"],
  ["unknown", partition("web->cache", { heal: "newConnectionsOnly", every: 3 } as never), "every"],
  ["no text", cutWhile("web->cache", { sends: "" }), "sends"],
  ["no option", cutWhile("web->cache", {} as never), "sends"],
  ["lose", cutWhile("web->cache", { sends: "GET", lose: "all" } as never), "lose"],
  ["times", cutWhile("web->cache", { sends: "GET", times: 0 }), "times"],
  ["every", cutWhile("web->cache", { sends: "GET", every: 500 } as never), "every"],
])("bad options are planning problems: %s", (_, inject, option) => {
  expect(planned(inject).problems).toMatchObject([{ where: `faults[0].inject.${option}` }]);
});

test("a schedule cannot ask the partition that closes for the other heal", () => {
  const inject = { kind: "partition", target: "web->cache", parameters: { heal: "newConnectionsOnly" } } as const;
  expect(planned(inject).problems).toMatchObject([{ where: "faults[0].inject.heal" }]);
});

test("where there is no relay the scenario does not run, and says where it does", () => {
  const containers = { ...local, lacks: { relay: "Run it with `--env local`." } };
  expect(planned(silence("web->cache"), containers).problems).toMatchObject([
    { code: "NOT_ON_THIS_MACHINE", remedy: "Run it with `--env local`." },
  ]);
  expect(planned(partition("web->cache"), containers).problems).toEqual([]);
});

const injection = { id: "i1", parameters: {} } as unknown as ScheduledInjection;
const counts: SilenceCounts = { isActive: true, silenced: 2, forgotten: 0, stillOpen: 0, droppedBytes: 9 };
const linkWith = (answered: boolean, more: object): RelayControl =>
  ({
    probe: async () => ({ answered }),
    silenceCounts: async () => undefined,
    ...more,
  }) as Partial<RelayControl> as RelayControl;

test.each([
  ["acting", false, counts],
  ["unclear", true, counts],
  ["absent", true, { ...counts, isActive: false }],
  ["absent", true, undefined],
  ["unclear", false, { ...counts, isActive: false }],
])("a silence is %s when a probe is answered: %s", async (state, answered, given) => {
  const link = linkWith(answered, { silenceCounts: async () => given });
  expect(await silenceFault.observe(link, injection)).toMatchObject({ state, measured: { answered } });
});

test("a cut is proven by what was cut, and never by a probe of our own", async () => {
  const probe = vi.fn(async () => ({ answered: true }));
  const seen = async (cut: object | undefined) =>
    (await cutWhileFault.observe(linkWith(true, { probe, cutCounts: async () => cut }), injection)).state;
  expect(await seen({ isArmed: true, cuts: 0, moments: 5 })).toBe("unclear");
  expect(await seen({ isArmed: true, cuts: 1, moments: 5 })).toBe("acting");
  expect(probe).not.toHaveBeenCalled();
  expect(await seen({ isArmed: false, cuts: 1, moments: 5 })).toBe("absent");
  expect(await seen(undefined)).toBe("absent");
});
