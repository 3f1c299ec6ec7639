/** A log line as it is shown. */
export interface LogLine {
  /** Epoch ms; null when the line does not tell. */
  readonly epochMs: number | null;
  readonly text: string;
  /** The same without what only a program reads: of JSON its level, its message and its error's. */
  readonly words: string;
}

/** The times between which a run took place, epoch ms. */
export interface RunSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

const isoPattern = /(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:[.,]\d{1,6})?) ?(Z|UTC|GMT|[+-]\d\d:?\d\d)?/;
const redisPattern =
  /(\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}) (\d\d:\d\d:\d\d(?:\.\d{1,6})?)/;
/** Zones differ by whole quarters of an hour. */
const quarterMs = 15 * 60_000;
/** Only the head of a line is searched for a time. */
const headLength = 120;

const levels: Readonly<Record<string, string>> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};
const noise = new Set(["level", "time", "pid", "hostname", "msg", "message", "v"]);

/** Reads what pino, zerolog, PostgreSQL, Redis and most others write; anything else keeps its text and has no time. */
export function parseLogLine(line: string, span: RunSpan): LogLine {
  return fromJson(line, span) ?? { epochMs: timeIn(line.slice(0, headLength), span), text: line, words: line };
}

function fromJson(line: string, span: RunSpan): LogLine | undefined {
  if (!line.startsWith("{")) return undefined;
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const { time, level } = fields;
  const message = fields["msg"] ?? fields["message"];
  if (typeof message !== "string") return { epochMs: epochOf(time, span), text: line, words: line };
  const rest = Object.fromEntries(Object.entries(fields).filter(([name]) => !noise.has(name)));
  const tail = Object.keys(rest).length === 0 ? "" : ` ${JSON.stringify(rest)}`;
  const word = typeof level === "number" || typeof level === "string" ? `${levels[level] ?? level} ` : "";
  const cause = causeOf(fields["err"] ?? fields["error"]);
  const words = `${word}${message}${cause === undefined || message.includes(cause) ? "" : `: ${cause}`}`;
  return { epochMs: epochOf(time, span), text: `${word}${message}${tail}`, words };
}

/** What an error says that a logger took apart, or wrote as a text. */
function causeOf(error: unknown): string | undefined {
  if (typeof error === "string") return error;
  const { message } = (typeof error === "object" && error !== null ? error : {}) as { readonly message?: unknown };
  return typeof message === "string" ? message : undefined;
}

function epochOf(time: unknown, span: RunSpan): number | null {
  if (typeof time === "number") return Number.isFinite(time) ? time : null;
  return typeof time === "string" ? timeIn(time.slice(0, headLength), span) : null;
}

function timeIn(text: string, span: RunSpan): number | null {
  const iso = isoPattern.exec(text);
  if (iso !== null) {
    const [, day, clock = "", zone] = iso;
    const isUtc = zone === "Z" || zone === "UTC" || zone === "GMT";
    const at = Date.parse(`${day}T${clock.replace(",", ".")}${zone === undefined || isUtc ? "Z" : zone}`);
    if (Number.isNaN(at)) return null;
    return zone === undefined ? nearTo(at, span) : at;
  }
  const redis = redisPattern.exec(text);
  if (redis === null) return null;
  const at = Date.parse(`${redis[1]} ${redis[2]} UTC`);
  return Number.isNaN(at) ? null : nearTo(at, span);
}

/** A time without a zone is one of some zone: the one that puts it into the run. */
function nearTo(epochMs: number, { fromMs, toMs }: RunSpan): number {
  if (epochMs >= fromMs - 1000 && epochMs <= toMs + 1000) return epochMs;
  return epochMs - Math.round((epochMs - (fromMs + toMs) / 2) / quarterMs) * quarterMs;
}
