import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import type { Example, Tool, ToolFigures } from "./worked-example.ts";

/** A load generator that may be installed on this machine: how it is called, and what its report in JSON means. */
interface Peer {
  readonly name: string;
  command(url: string, example: Example): { readonly args: readonly string[]; readonly input: string };
  figuresOf(report: Report): ToolFigures;
}
type Report = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const number = (value: unknown): number => (typeof value === "number" ? value : Number.NaN);
const sum = (counts: Readonly<Record<string, unknown>> | undefined): number =>
  Object.values(counts ?? {}).reduce<number>((total, count) => total + number(count), 0);

/** By their documented reports: `vegeta report -type=json`, `k6 --summary-export`, `oha --output-format json`. */
export const peers: readonly Peer[] = [
  {
    name: "vegeta",
    command: (url, { perSecond, seconds }) => ({
      args: ["sh", "-c", `vegeta attack -rate=${perSecond} -duration=${seconds}s | vegeta report -type=json`],
      input: `POST ${url}\n`,
    }),
    figuresOf: ({ latencies, status_codes: codes }) => ({
      p99Ms: number(latencies?.["99th"]) / 1e6,
      failed: sum(codes) - number(codes?.["200"] ?? 0),
    }),
  },
  {
    name: "k6",
    command: (url, { perSecond, seconds }) => ({
      args: ["k6", "run", "--quiet", "--no-usage-report", "--summary-export", "/dev/stdout", "-"],
      input: `import http from "k6/http";
        export const options = {
          summaryTrendStats: ["p(99)"],
          scenarios: { all: {
            executor: "constant-arrival-rate", rate: ${perSecond}, timeUnit: "1s", duration: "${seconds}s", preAllocatedVUs: 50,
          } },
        };
        export default () => http.post("${url}");`,
    }),
    figuresOf: ({ metrics }) => {
      const metric = (name: string) => (metrics?.[name] ?? {}) as Readonly<Record<string, unknown>>;
      return {
        p99Ms: number(metric("http_req_duration")["p(99)"]),
        failed: number(metric("http_req_failed")["passes"]),
      };
    },
  },
  {
    name: "oha",
    command: (url, { perSecond, seconds }) => ({
      args: ["oha", "--no-tui", "--output-format", "json", "--latency-correction", "-m", "POST"].concat([
        "-q",
        String(perSecond),
        "-z",
        `${seconds}s`,
        url,
      ]),
      input: "",
    }),
    figuresOf: ({ latencyPercentiles, errorDistribution }) => ({
      p99Ms: number(latencyPercentiles?.["p99"]) * 1000,
      failed: sum(errorDistribution),
    }),
  },
];

/** Whether a program of this name can be started. */
export function isInstalled(name: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A peer as a tool of the worked example. Its start is when it was spawned: it does not tell its own. */
export function peerTool(peer: Peer): Tool {
  return {
    name: peer.name,
    load(port, example) {
      const { args, input } = peer.command(`http://127.0.0.1:${port}/orders`, example);
      const [program = "", ...rest] = args;
      const { signal } = example;
      const child = spawn(program, rest, { stdio: ["pipe", "pipe", "ignore"], signal, killSignal: "SIGKILL" });
      const startMs = Number(process.hrtime.bigint()) / 1e6;
      const exited = once(child, "exit");
      exited.catch(() => undefined);
      const said = text(child.stdout);
      child.stdin.end(input);
      return {
        startMs: async () => startMs,
        ended: async () => {
          await exited;
          const report = await said;
          return peer.figuresOf(JSON.parse(report.slice(report.indexOf("{"))) as Report);
        },
        async [Symbol.asyncDispose]() {
          if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
          await exited.catch(() => undefined);
        },
      };
    },
  };
}
