import type { RunEvent } from "../model/events.ts";
import { outcomes } from "../model/history.ts";
import type { Plan } from "../model/plan.ts";
import type { Output } from "./output.ts";
import { ScreenKeeper, screenLines } from "./screen.ts";

const heartbeatMs = 15_000;
/** No more than four a second. */
const redrawMs = 250;

/**
 * What is going on in a run: one line for each change, for a person or a CI log; and on a terminal how it stands, below
 * them.
 */
export interface Progress {
  observe(event: RunEvent): void;
  count(counts: readonly number[]): void;
  end(): void;
}

export function openProgress(plan: Plan, output: Output): Progress {
  const { colours } = output;
  let counts: readonly number[] = [];
  let last = { atMs: 0, seen: performance.now() };
  const stamp = (atMs: number): string => colours.dim(`${(atMs / 1000).toFixed(1).padStart(6)} s`);
  const told = (): string => describeCounts(counts);
  const line = (atMs: number, text: string): void => {
    last = { atMs, seen: performance.now() };
    output.say(`${stamp(atMs)}  ${text}`);
  };
  const screen = new ScreenKeeper(plan);
  const nowMs = (): number => last.atMs + performance.now() - last.seen;
  const beat = output.isLive
    ? setInterval(() => output.pin(screenLines(screen.look(nowMs()), output.width, colours)), redrawMs)
    : setInterval(() => output.say(`${stamp(nowMs())}  … ${told()}`), heartbeatMs);
  beat.unref();
  return {
    observe(event) {
      screen.observe(event);
      const text = describeEvent(event, plan, colours, told);
      if (text !== undefined) line(event.atMs, text);
    },
    count(next) {
      counts = next;
      screen.count(next);
    },
    end() {
      clearInterval(beat);
      output.pin([]);
    },
  };
}

function describeEvent(
  event: RunEvent,
  plan: Plan,
  colours: Output["colours"],
  told: () => string,
): string | undefined {
  switch (event.type) {
    case "phase": {
      const length = plan.phases.find(({ phase }) => phase === event.phase)?.lengthMs;
      const name = phaseNames[event.phase];
      const counted = event.phase === "quiesce" || event.phase === "recovery" ? colours.dim(`   ${told()}`) : "";
      return `${colours.bold(name)}${length === undefined ? "" : ` ${length / 1000} s`}${counted}`;
    }
    case "inject":
      return colours.yellow(`▼ ${event.title}`);
    case "proven":
      return `  proven on ${event.on} in ${Math.round(event.tookMs)} ms`;
    case "heal":
      return colours.cyan(`▲ heal ${event.title}`);
    case "healed":
      return `  proven healed on ${event.on} in ${Math.round(event.tookMs)} ms`;
    case "exited":
      return event.expected
        ? undefined
        : colours.red(`! ${event.instance} (pid ${event.pid}) ended by itself: ${event.how}`);
    case "replaced":
      return colours.red(`! ${event.what} was replaced: ${event.why}`);
    case "error":
      return colours.red(`! ${event.text}`);
    case "note":
      return event.text;
    default:
      return undefined;
  }
}

const phaseNames = {
  provision: "start the system",
  warmUp: "warm-up",
  steady: "steady",
  faults: "faults",
  recovery: "recovery",
  quiesce: "come to rest",
  audit: "audit",
  verdict: "verdict",
  tearDown: "tear down",
} as const;

function describeCounts(counts: readonly number[]): string {
  const parts = outcomes.flatMap((outcome, code) => {
    const count = counts[code] ?? 0;
    return count > 0 || outcome === "ok" ? [`${outcome} ${count.toLocaleString("en")}`] : [];
  });
  return parts.join("  ");
}
