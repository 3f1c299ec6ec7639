import type { Measured } from "../model/capabilities.ts";
import type { RunEvent } from "../model/events.ts";
import { count, duration, plural } from "../model/quantities.ts";
import { phaseLabels } from "./words.ts";

/** More rows than anybody reads; a run that has more says so. */
const rowsAtMost = 400;

export interface TimelineRow {
  readonly atMs: number;
  /** Relative to the first injection; null when there was none. */
  readonly fromFaultMs: number | null;
  readonly tone: "plain" | "phase" | "fault" | "heal" | "bad";
  readonly what: string;
  readonly detail: string;
}

export interface Timeline {
  readonly rows: readonly TimelineRow[];
  readonly leftOut: number;
}

/** What happened, in order. */
export function timelineOf(events: readonly RunEvent[], firstFaultMs: number | null): Timeline {
  const stopMs = Math.min(...events.flatMap((event) => (isStop(event) ? [event.atMs] : [])));
  const rows = events
    .filter(isForPeople)
    .toSorted((a, b) => a.atMs - b.atMs)
    .map((event) => ({
      atMs: event.atMs,
      fromFaultMs: firstFaultMs === null ? null : event.atMs - firstFaultMs,
      ...told(event, event.atMs >= stopMs),
    }));
  return { rows: rows.slice(0, rowsAtMost), leftOut: Math.max(0, rows.length - rowsAtMost) };
}

/** Each connection that is opened as it should be says nothing to a reader; how they were watched is for checks. */
function isForPeople(event: RunEvent): boolean {
  if (event.type === "connections") return event.atMost !== undefined && event.open > event.atMost;
  return event.type !== "connectionsWatched";
}

type Told = Pick<TimelineRow, "tone" | "what" | "detail">;

/** From then on processes are ended by the run. */
const isStop = (event: RunEvent): boolean =>
  event.type === "interrupted" || (event.type === "phase" && event.phase === "tearDown");

function told(event: RunEvent, isStopping: boolean): Told {
  const as = (tone: Told["tone"], what: string, detail = ""): Told => ({ tone, what, detail });
  switch (event.type) {
    case "phase":
      return as("phase", phaseLabels[event.phase] ?? event.phase);
    case "inject":
      return as("fault", `${event.title} requested`, event.injection);
    case "proven":
      return as("fault", `proven on ${event.on}`, `${event.injection} · in ${duration(event.tookMs)}`);
    case "heal":
      return as("heal", `healing of ${event.title} requested`, event.injection);
    case "healed":
      return as("heal", `healed on ${event.on}`, `${event.injection} · in ${duration(event.tookMs)}`);
    case "receipt":
      return receiptTold(event.receipt);
    case "started":
      return as("plain", `${event.instance} started`, `pid ${event.pid} · in ${duration(event.tookMs)}`);
    case "exited":
      return as(
        event.expected || isStopping ? "plain" : "bad",
        `${event.instance} ended: ${event.how}`,
        exitDetail(event),
      );
    case "audited":
      return as(
        event.atRest ? "plain" : "bad",
        event.atRest ? "final state read" : "final state read, but the system had not come to rest",
        `${plural(event.registers, "key")} · ${plural(event.items, "item")}`,
      );
    case "health":
      return as(event.health === "ready" ? "plain" : "bad", `${event.instance} ${healthWords[event.health]}`);
    case "live":
      return as(event.isLive ? "plain" : "bad", `${event.instance}: ${liveWords(event)}`);
    case "connections":
      return as("bad", `${event.on}: ${plural(event.open, "connection")} open`, `at most ${count(event.atMost ?? 0)}`);
    case "statement":
      return as(
        "plain",
        `${event.instance}: a statement ${event.state} for ${duration(event.forMs)}`,
        [event.text, ...(event.waitsFor === undefined ? [] : [`waits for ${event.waitsFor}`])].join(" · "),
      );
    case "connectionsWatched":
      return as("plain", "connections were watched");
    case "mark":
      return event.isOn
        ? as("bad", `${event.instance}: ${event.mark}`, `metric · ${count(event.value)}`)
        : as("plain", `${event.instance}: no longer ${event.mark}`, `metric · ${count(event.value)}`);
    case "gauges":
      return as("plain", event.when === "steady" ? "counted while steady" : "counted at rest", measured(event.values));
    case "rest":
      return restTold(event);
    case "interrupted":
      return as("plain", `interrupted by ${event.by}`);
    case "replaced":
      return as("plain", `${event.what} was replaced`, replacedDetail(event));
    case "note":
      return as("plain", event.text);
    case "error":
      return as("bad", event.text);
    default:
      // A newer Faultline may have written events that this one does not know.
      return as("plain", (event as { type: string }).type);
  }
}

const healthWords = { ready: "says that it is ready", unready: "says that it is not ready", silent: "says nothing" };

function restTold(event: RunEvent & { type: "rest" }): Told {
  const { isAtRest, tookMs, gauges, marks, notReady } = event;
  const left = [
    ...gauges.map((one) => `${one.name} ${count(one.now)}${one.isFalling ? ", still falling" : ""}`),
    ...marks.on.map(({ instance, mark }) => `${instance}: ${mark}`),
    ...notReady.map(({ instance, health }) => `${instance} ${healthWords[health]}`),
  ];
  const what = {
    true: `at rest after ${duration(tookMs)}`,
    false: `not at rest after ${duration(tookMs)}`,
    undefined: "no audit said whether it is at rest",
  }[`${isAtRest}`];
  const isWell = isAtRest !== false && marks.on.length + notReady.length === 0;
  return { tone: isWell ? "plain" : "bad", what, detail: left.join(" · ") };
}

const liveWords = ({ status, answer }: RunEvent & { type: "live" }): string =>
  status === undefined ? `${answer} on its live path` : `its live path answers ${answer}`;

function replacedDetail({ why, fromMs, toMs, links }: RunEvent & { type: "replaced" }): string {
  const took =
    fromMs === undefined || toMs === undefined ? [] : [`${duration(toMs - fromMs)} until all links worked again`];
  const broken = links === undefined || links.length === 0 ? [] : [`connections broken off: ${links.join(", ")}`];
  return [why, ...took, ...broken].join(" · ");
}

const exitDetail = (event: RunEvent & { type: "exited" }): string =>
  `pid ${event.pid} · ${event.expected ? "as asked" : "not asked for"}`;

function receiptTold({
  on,
  injection,
  before,
  during,
  after,
  error,
}: (RunEvent & { type: "receipt" })["receipt"]): Told {
  const seen = [`before: ${measured(before)}`];
  if (during !== undefined) seen.push(`during: ${measured(during)}`);
  if (after !== undefined) seen.push(`after: ${measured(after)}`);
  const what = error === undefined ? `receipt for ${on}` : `receipt for ${on}: ${error}`;
  return { tone: error === undefined ? "plain" : "bad", what, detail: `${injection} · ${seen.join(" · ")}` };
}

/** `answered, round trip 0.41 ms`-like words are up to each fault kind; here names and values stand as they were written. */
function measured(values: Measured): string {
  const words = Object.entries(values).map(([name, value]) => {
    if (value === true) return name;
    if (value === false) return `not ${name}`;
    return `${name} ${typeof value === "number" ? count(value) : JSON.stringify(value)}`;
  });
  return words.length === 0 ? "nothing measured" : words.join(", ");
}
