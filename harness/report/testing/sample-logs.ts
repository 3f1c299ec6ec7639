import type { Receipt } from "../../model/fault.ts";

/** Logs in the three ways in which the components of a system write their time; `zeroMs` is the run's start, epoch. */
export function sampleLogs(zeroMs: number, receipt: Receipt): Record<string, readonly string[]> {
  const { requestedMs, healRequestedMs = 0 } = receipt;
  const every = (stepMs: number, line: (atMs: number) => string): string[] =>
    Array.from({ length: Math.ceil((healRequestedMs + 4000) / stepMs) }, (_, index) => line(index * stepMs));
  const isCut = (atMs: number): boolean => atMs > requestedMs + 50 && atMs < healRequestedMs + 30;
  return {
    "api-1": every(40, (atMs) => {
      const msg = isCut(atMs) ? "cache unavailable, reading from postgres" : "GET /products/17 200";
      return JSON.stringify({ level: isCut(atMs) ? 40 : 30, time: zeroMs + atMs, pid: 4120, msg });
    }),
    "api-2": every(130, (atMs) => {
      const msg = isCut(atMs) ? "breaker cache: open" : "GET /products/4 200";
      return JSON.stringify({ level: isCut(atMs) ? 40 : 30, time: zeroMs + atMs, pid: 4121, msg });
    }),
    cache: every(900, (atMs) => `4107:M ${redisTime(zeroMs + atMs)} * 1 changes in 900 ms`),
    postgres: every(1500, (atMs) => {
      const time = new Date(zeroMs + atMs).toISOString().replace("T", " ").replace("Z", " UTC");
      return `${time} [4101] LOG:  checkpoint complete`;
    }),
  };
}

function redisTime(epochMs: number): string {
  const date = new Date(epochMs);
  const month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][
    date.getUTCMonth()
  ];
  return `${String(date.getUTCDate()).padStart(2, "0")} ${month} ${date.getUTCFullYear()} ${date.toISOString().slice(11, 23)}`;
}
