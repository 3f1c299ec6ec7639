import type { StoredRun } from "../../model/run.ts";
import { clientsName } from "../../model/system.ts";

/** What a system under test could write to break out of a report or a terminal. */
export const hostileTexts: readonly string[] = [
  "<script>alert(1)</script>",
  "</script><script>alert(1)</script>",
  "</style><style>*{background:url(//evil.example)}</style>",
  "</title><img src=x onerror=alert(1)>",
  "</pre></details></main><iframe src=//evil.example>",
  "--><script>alert(1)</script><!--",
  "]]><svg onload=alert(1)>",
  '"><img src=x onerror=alert(1)>',
  "'><img src=x onerror=alert(1)>",
  '" onmouseover="alert(1)',
  "' onfocus='alert(1)' autofocus='",
  "` onload=alert(1) `",
  "javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "&#60;script&#62;",
  "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
  "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
  "<<img src=x>",
  "<a href=//evil.example>x</a>",
  "<base href=//evil.example>",
  '<meta http-equiv="refresh" content="0;url=//evil.example">',
  "url(//evil.example) expression(alert(1))",
  "\u0024{alert(1)} {{constructor.constructor('alert(1)')()}}",
  "\u202egpj.exe\u202c \u2066hidden\u2069 \u200e\u200f\u061c",
  "zero\u200bwidth\u2060\ufeff \u{e0041}\u{e0042}",
  "\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u001b]8;;http://evil.example\u001b\\link\u001b]8;;\u001b\\",
  "\u009b31m \u009d0;t\u009c \u001bc \u001b(B \u001b[2J\u001b[H",
  "bell\u0007 back\u0008 null\u0000 delete\u007f return\rover",
  "line\u2028paragraph\u2029 half \ud800 pair",
  "%s %d %n \\u003cscript\\u003e",
  "::error::x%0A::warning::y",
];

/** Words that a program reads, not a person; changing them would make another run, not a hostile one. */
const fixed = new Set("status verdict phase type passed startedAt endedAt effect source health when".split(" "));
/** Objects whose names come from the system as well. */
const named = new Set(["logs", "versions", "before", "during", "after", "values", "numbers"]);

/** Where a text goes: behind what stands in a field, or before and behind it. */
export type Placement = "behind" | "around";

/**
 * The run with the text in every text that it carries, names of measurements and instances included. Instances are
 * called the same wherever they are named, so that faults still act on the links and instances of the topology.
 */
export function withText(run: StoredRun, text: string, placement: Placement = "behind"): StoredRun {
  return changed(run, text, placement, "") as StoredRun;
}

function changed(value: unknown, text: string, placement: Placement, name: string): unknown {
  if (typeof value === "string") return fixed.has(name) ? value : withIn(value, text, placement);
  // The time of a line of a log is read from its beginning.
  const inside = name === "logs" ? "behind" : placement;
  if (Array.isArray(value)) return value.map((item) => changed(item, text, inside, name));
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      named.has(name) ? withIn(key, text, placement) : key,
      // Under `phases` of a record the keys are phases; `phase` of an event is one. A log keeps the name of its object.
      changed(item, text, inside, name === "logs" ? name : key),
    ]),
  );
}

/** A link keeps its form, so that it is still one between two instances; the clients are ours and keep their name. */
function withIn(value: string, text: string, placement: Placement): string {
  if (value === clientsName) return value;
  return value
    .split("->")
    .map((part) => (part === clientsName ? part : `${placement === "around" ? text : ""}${part}${text}`))
    .join("->");
}

/** A run with a text in every place that can have one: reasons, errors, notes, late windows, ends that were not asked for. */
export function talkativeRun(run: StoredRun): StoredRun {
  const receipt = run.events.find((event) => event.type === "receipt")?.receipt;
  return {
    ...run,
    missing: ["one part"],
    record: {
      ...run.record,
      reasons: ["a reason"],
      generator: { ...run.record.generator!, tainted: [{ fromMs: 1, toMs: 2, reason: "late" }] },
    },
    events: [
      ...run.events,
      { atMs: 13_000, type: "exited", instance: "api-1", pid: 1, how: "SIGKILL", expected: false },
      { atMs: 13_001, type: "note", text: "a note" },
      { atMs: 13_002, type: "error", text: "an error" },
      { atMs: 13_003, type: "health", instance: "api-2", health: "unready" },
      {
        atMs: 13_003,
        type: "live",
        instance: "api-2",
        isLive: false,
        answer: "no answer: read ECONNRESET",
        askedMs: 13_002,
        inARow: 1,
      },
      { atMs: 13_004, type: "replaced", what: "a proxy server", why: "it hung" },
      { atMs: 13_005, type: "gauges", when: "steady", values: { "connections of api-1": 3 } },
      { atMs: 13_006, type: "interrupted", by: "SIGINT" },
      { atMs: 30_000, type: "receipt", receipt: { ...receipt!, error: "not seen" } },
    ],
  };
}
