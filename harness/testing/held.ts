// A test for the tests: it holds a fault until somebody kills it. Run by `held.config.ts`, never by `npm test`.
import { writeFileSync } from "node:fs";
import { partition, pause } from "faultline";
import { faultTest } from "faultline/vitest";
import { shelf } from "./shelf.ts";

const test = faultTest(shelf());

test("holds a partition and a pause", async ({ system, withFault }) => {
  await withFault(partition("web->store"), () =>
    withFault(pause("store"), () => {
      writeFileSync(process.env["HELD"] ?? "", JSON.stringify({ logs: system.logs, runner: process.pid }));
      return new Promise(() => undefined);
    }),
  );
}, 600_000);
