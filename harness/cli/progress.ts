import type { LoadCounts } from "../load/options.ts";
import type { RunEvent } from "../model/events.ts";
import { outcomes } from "../model/history.ts";
import type { Plan } from "../model/plan.ts";
import { clock, count, duration, statedDuration } from "../model/quantities.ts";
import { quoted } from "../report/text.ts";
import type { Output } from "./output.ts";
import { ScreenKeeper, screenLines } from "./screen.ts";
import { describeDetail } from "./verbose.ts";

const heartbeatMs = 15_000;
/** No more than four a second. */
const redrawMs = 250;

/**
 * What is going on in a run: one line for each change, for a person or a CI log; and on a terminal how it stands, below
 * them.
 */
export interface Progress {
  observe(event: RunEvent): void;
  count(load: Pick<LoadCounts, "counts" | "recentOk">): void;
  /** Neither screen nor heartbeat while somebody else has the terminal. */
  pausing(body: () => Promise<void>): Promise<void>;
  end(): void;
}

/** How it is told. */
export interface ProgressOptions {
  /** Also what only who looks for something wants to know. */
  readonly isVerbose?: boolean;
  /** The titles of the scenario's checks. */
  readonly checks?: readonly string[];
}

export function openProgress(plan: Plan, output: Output, options: ProgressOptions = {}): Progress {
  const { colours } = output;
  let counts: readonly number[] = [];
  let last = { atMs: 0, seen: performance.now() };
  const stamp = (atMs: number): string => colours.dim(clock(atMs).padStart(9));
  const told = (): string => describeCounts(counts);
  const line = (atMs: number, text: string): void => {
    last = { atMs, seen: performance.now() };
    output.say(`${stamp(atMs)}  ${text}`);
  };
  const screen = new ScreenKeeper(plan, options.checks ?? []);
  const nowMs = (): number => last.atMs + performance.now() - last.seen;
  let [isPaused, isStopping] = [false, false];
  const draw = (): void => output.pin(screenLines(screen.look(nowMs()), output.width, colours));
  const say = (): void => output.say(`${stamp(nowMs())}  … ${told()}`);
  const beat = setInterval(
    () => {
      if (!isPaused) (output.isLive ? draw : say)();
    },
    output.isLive ? redrawMs : heartbeatMs,
  );
  beat.unref();
  return {
    observe(event) {
      screen.observe(event);
      // What ends from here on is ended by the run, also where a process is quicker than its order.
      isStopping ||= event.type === "interrupted" || (event.type === "phase" && event.phase === "tearDown");
      if (isStopping && event.type === "exited") return;
      const detail = options.isVerbose === true ? describeDetail(event) : undefined;
      const text = describeEvent(event, plan, colours, told) ?? (detail && colours.dim(detail));
      if (text !== undefined) line(event.atMs, text);
    },
    count(load) {
      ({ counts } = load);
      screen.count(load);
    },
    async pausing(body) {
      isPaused = true;
      output.pin([]);
      try {
        await body();
      } finally {
        isPaused = false;
      }
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
      return `${colours.bold(name)}${length === undefined ? "" : ` ${statedDuration(length)}`}${counted}`;
    }
    case "inject":
      return colours.yellow(`▼ ${event.title}`);
    case "proven":
      return `  proven on ${event.on} in ${duration(event.tookMs)}`;
    case "heal":
      return colours.cyan(`▲ heal ${event.title}`);
    case "healed":
      return `  proven healed on ${event.on} in ${duration(event.tookMs)}`;
    case "exited":
      return event.expected
        ? undefined
        : colours.red(`! ${event.instance} (pid ${event.pid}) ended by itself: ${event.how}`);
    case "replaced":
      return colours.yellow(`! ${event.what} was replaced: ${quoted(event.why)}`);
    case "interrupted":
      return colours.yellow(`! interrupted by ${quoted(event.by)}`);
    case "error":
      return colours.red(`! ${quoted(event.text)}`);
    case "note":
      return quoted(event.text);
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
    const seen = counts[code] ?? 0;
    return seen > 0 || outcome === "ok" ? [`${outcome} ${count(seen)}`] : [];
  });
  return parts.join("  ");
}
