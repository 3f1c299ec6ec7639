import autocannon from "autocannon";

/** What autocannon in a process of its own is told, as JSON in its first argument. */
export interface CannonTask {
  readonly port: number;
  readonly path: string;
  readonly method: "GET" | "POST";
  readonly connections: number;
  readonly seconds: number;
  /** Without it each connection asks again as soon as it has its answer: a closed loop. */
  readonly perSecond?: number;
}

/** What it prints at its end, as JSON in its last line; the line before is its start on the machine's monotonic clock. */
export interface CannonFigures {
  readonly answers: number;
  readonly failed: number;
  readonly p99Ms: number;
  readonly cpuSeconds: number;
}

const { port, path, method, connections, seconds, perSecond } = JSON.parse(process.argv[2] ?? "") as CannonTask;
process.stdout.write(`${Number(process.hrtime.bigint()) / 1e6}\n`);
const before = process.cpuUsage();
const result = await autocannon({
  url: `http://127.0.0.1:${port}${path}`,
  method,
  connections,
  duration: seconds,
  ...(perSecond === undefined ? {} : { overallRate: perSecond }),
});
const { user, system } = process.cpuUsage(before);
const figures: CannonFigures = {
  answers: result["2xx"] + result.non2xx,
  failed: result.errors + result.timeouts + result.non2xx,
  p99Ms: result.latency.p99,
  cpuSeconds: (user + system) / 1e6,
};
process.stdout.write(`${JSON.stringify(figures)}\n`);
