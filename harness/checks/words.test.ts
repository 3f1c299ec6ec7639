import { expect, test } from "vitest";
import { counted, grouped, spokenMs, spokenShare } from "./words.ts";

test("counts are grouped as the rest of a report groups them, and one is one", () => {
  expect([counted(1, "read"), counted(0, "read"), counted(1612, "read")]).toEqual(["1 read", "0 reads", "1,612 reads"]);
  expect(counted(2, "anomaly", "anomalies")).toBe("2 anomalies");
  expect(grouped(1_000_000)).toBe("1,000,000");
});

test("a share that is not all is never rounded up to all, and times have the unit that fits", () => {
  expect([spokenShare(1), spokenShare(0.995), spokenShare(0.9996)]).toEqual(["100 %", "99.5 %", "99.96 %"]);
  expect(spokenShare(0.99999)).not.toBe("100 %");
  expect([spokenMs(0.25), spokenMs(250), spokenMs(1250)]).toEqual(["0.3 ms", "250 ms", "1.25 s"]);
});
