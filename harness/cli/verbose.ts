import { closeSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import type { Measured } from "../model/capabilities.ts";
import type { RunEvent } from "../model/events.ts";
import { duration } from "../model/quantities.ts";
import { redact } from "../model/redact.ts";
import { oneLine } from "../report/text.ts";

const everyMs = 200;
/** At once of each log: what floods a log must not flood a terminal. */
const linesAtMost = 50;

/** What is told of a run with `--verbose` only. */
export function describeDetail(event: RunEvent): string | undefined {
  switch (event.type) {
    case "started":
      return `  ${event.instance} runs (pid ${event.pid}), ready after ${duration(event.tookMs)}`;
    case "health":
      return `  ${event.instance} says it is ${event.health}`;
    case "live":
      return oneLine(`  ${event.instance} on its live path: ${event.answer}`);
    case "mark":
      return oneLine(`  ${event.instance} ${event.isOn ? "" : "no longer "}${event.mark} (${event.value})`);
    case "connections": {
      const atMost = event.atMost === undefined ? "" : ` of at most ${event.atMost}`;
      const server = event.seen === "server" ? ", as the server counts them" : "";
      return `  ${event.on}: ${event.open}${atMost} connections open${server}`;
    }
    case "statement":
      return oneLine(`  ${event.instance}: ${event.state} for ${duration(event.forMs)}: ${event.text}`);
    case "receipt": {
      const { on, before, during, after, error } = event.receipt;
      const parts = [`before ${measured(before)}`, `during ${measured(during)}`, `after ${measured(after)}`];
      return oneLine(
        `  receipt of ${event.receipt.injection} on ${on}: ${[...parts, ...(error ? [error] : [])].join("; ")}`,
      );
    }
    case "rest":
      return oneLine(`  ${restDetail(event)}`, 1000);
    case "gauges":
      return oneLine(`  ${event.when}: ${measured(event.values)}`, 1000);
    default:
      return undefined;
  }
}

function restDetail({ isAtRest, tookMs, gauges, marks, notReady }: RunEvent & { readonly type: "rest" }): string {
  const left = [
    ...gauges.map(({ name, now, isFalling }) => `${name} ${now}${isFalling ? " (still falling)" : ""}`),
    ...marks.on.map(({ instance, mark }) => `${instance}: ${mark}`),
    ...notReady.map(({ instance, health }) => `${instance} is ${health}`),
  ];
  const how = isAtRest === undefined ? "no audit of rest" : isAtRest ? "at rest" : "not at rest";
  return `${how}, ${duration(tookMs)} after the load: ${left.join(", ") || "nothing left"}`;
}

const measured = (values: Measured = {}): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ") || "–";

/**
 * Tells what is written to the logs of a folder, as it is written, without secrets.
 * @param tell a line, and whose log it stands in
 * @returns what ends it, after what is still to be told
 */
export function followLogs(
  folder: string,
  secrets: readonly string[],
  tell: (instance: string, line: string) => void,
): () => void {
  const read = new Map<string, { offset: number }>();
  const look = (): void => {
    for (const name of readdirSync(folder)
      .filter((file) => file.endsWith(".log"))
      .sort()) {
      const state = read.get(name) ?? { offset: 0 };
      read.set(name, state);
      const lines = readFrom(join(folder, name), state)
        .split("\n")
        .filter((line) => line !== "");
      const instance = name.slice(0, -".log".length);
      for (const line of lines.slice(0, linesAtMost)) tell(instance, oneLine(redact(line, secrets), 1000));
      if (lines.length > linesAtMost) tell(instance, `… ${lines.length - linesAtMost} more lines in ${name}`);
    }
  };
  const timer = setInterval(look, everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    look();
  };
}

/** What was appended since, and moves the offset there; a line that is cut off in the middle of a character waits. */
function readFrom(path: string, state: { offset: number }): string {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(256 * 1024);
    const count = readSync(file, buffer, 0, buffer.length, state.offset);
    const whole = buffer.subarray(0, count).lastIndexOf(10) + 1;
    // A line that is longer than all that is read at once is told in pieces.
    const taken = whole === 0 && count === buffer.length ? count : whole;
    state.offset += taken;
    return buffer.toString("utf8", 0, taken);
  } finally {
    closeSync(file);
  }
}
