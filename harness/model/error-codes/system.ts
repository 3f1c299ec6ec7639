import { exits } from "../exits.ts";
import type { CodeInfos } from "./code-info.ts";

/** What is wrong with the definition of a system. */
export const systemCodes = {
  BAD_ADDRESS: {
    exit: exits.usage,
    meaning: "An address is not a host and a port, or a link passes on a placeholder that its component does not have.",
    remedy: "Give a host and a port, as `127.0.0.1:6379`, or a template, as `redis://{host}:{port}`.",
  },
  BAD_COMPONENT: {
    exit: exits.usage,
    meaning: "What stands among the components is not one, or has a field that does not fit.",
    remedy: "Make it with `service({ … })`, `postgres({ … })`, `redis()` or `container({ … })`.",
  },
  BAD_CONNECTIONS: {
    exit: exits.usage,
    meaning: "`connections` of a link is not a whole number, or two links to one component state different ones.",
    remedy: "State the sum of all connections to a component at one of its links.",
  },
  BAD_CONTAINER: {
    exit: exits.usage,
    meaning: "`container` of an attached component is not the name of one, or stands beside a process.",
    remedy: "Give the name of a container, as `shop-cache-1`, and no process.",
  },
  BAD_MARK: {
    exit: exits.usage,
    meaning: "A mark of `metrics` has no metric, or no bound.",
    remedy: 'Give a metric with `above` or `below`, as `{ metric: "pool_waiting", above: 0 }`.',
  },
  BAD_METRICS: {
    exit: exits.usage,
    meaning: "`metrics` of a service has no path, or no marks.",
    remedy: 'Give both, as `{ path: "/metrics", marks: { "the pool is exhausted": { … } } }`.',
  },
  BAD_PID: {
    exit: exits.usage,
    meaning: "`pid` or `pidFile` of an attached component does not fit, or both are given.",
    remedy: "Give one of them: a number above 1, or a file as `/run/redis.pid`.",
  },
  BAD_PORT: {
    exit: exits.usage,
    meaning: "A port is not one.",
    remedy: "Give a number from 1 to 65535; in a compose file, as `8080:80`.",
  },
  BAD_PROXY: {
    exit: exits.usage,
    meaning: "`proxy` of a link of an attached component is not a name.",
    remedy: "Give the name of a proxy of that Toxiproxy.",
  },
  BAD_SETTING: {
    exit: exits.usage,
    meaning: "A setting of a component has a value that it cannot have.",
    remedy: "Give what the error states.",
  },
  BAD_SYSTEM: {
    exit: exits.usage,
    meaning: "What stands for the system is not one, or has a field that does not fit.",
    remedy: "Define it with `system({ name, components, entry })`.",
  },
  COMMAND_NOT_FOUND: {
    exit: exits.usage,
    meaning: "The program of a component's command is not on this machine.",
    remedy: "Correct the command, or install the program.",
  },
  NOT_ATTACHED: {
    exit: exits.usage,
    meaning: "A component would have to be started, and the environment `attach` starts nothing.",
    remedy: 'Say where it runs, as `attached({ kind: "redis", at: "127.0.0.1:6379" })`.',
  },
  NO_COMPONENTS: {
    exit: exits.usage,
    meaning: "A system has no components.",
    remedy: "Define it with `system({ name, components, entry })`.",
  },
  NO_PORT: {
    exit: exits.usage,
    meaning: "A container that others connect to has no port.",
    remedy: "Say where it listens inside the container, as `port: 8080`.",
  },
  PORT_SHARED: {
    exit: exits.usage,
    meaning: "A port is given to a component of several instances.",
    remedy: "Leave the port out: each instance gets a free one.",
  },
  PROXY_SHARED: {
    exit: exits.usage,
    meaning: "Two links of attached components go through one proxy, so that they cannot be told apart.",
    remedy: "Give each a proxy of its own, or state one of them only.",
  },
  RUNS_ALREADY: {
    exit: exits.usage,
    meaning: "A component runs already, and the environment starts its components itself.",
    remedy: "Use `--env attach`.",
  },
  UNKNOWN_COMPONENT: {
    exit: exits.usage,
    meaning: "A link, a fault, a milestone or `entry` names a component that the system does not have.",
    remedy: "Use one of those that the error names.",
  },
  UNKNOWN_KIND: {
    exit: exits.usage,
    meaning: "The environment has no component of that kind.",
    remedy: "Use one of the kinds that the error names, or another environment.",
  },
  UNKNOWN_LINK: {
    exit: exits.usage,
    meaning: "A fault names a link that the system does not have.",
    remedy: "Use one of those that the error names.",
  },
  UNKNOWN_SETTING: {
    exit: exits.usage,
    meaning: "A component has a setting that its kind does not have.",
    remedy: "Correct the name, or leave it out.",
  },
  WRONG_KIND: {
    exit: exits.usage,
    meaning: "A fault is aimed at a component of a kind that it does not act on.",
    remedy: "Aim it at one of those that the error names.",
  },
} as const satisfies CodeInfos;
