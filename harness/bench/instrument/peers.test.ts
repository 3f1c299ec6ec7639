import { expect, test } from "vitest";
import { isInstalled, peers } from "./peers.ts";

test.each([
  [
    "vegeta",
    { latencies: { "99th": 831_000_000 }, status_codes: { "200": 9_400, "0": 600 } },
    { p99Ms: 831, failed: 600 },
  ],
  [
    "k6",
    { metrics: { http_req_duration: { "p(99)": 7.5 }, http_req_failed: { passes: 12, fails: 9988 } } },
    { p99Ms: 7.5, failed: 12 },
  ],
  [
    "oha",
    { latencyPercentiles: { p99: 0.83 }, errorDistribution: { "connection refused": 3, timeout: 4 } },
    { p99Ms: 830, failed: 7 },
  ],
])("%s's report is understood", (name, report, figures) => {
  expect(peers.find((peer) => peer.name === name)?.figuresOf(report)).toEqual(figures);
});

test("only what can be started is installed", () => {
  expect(isInstalled("node")).toBe(true);
  expect(isInstalled("faultline-has-no-such-peer")).toBe(false);
});
