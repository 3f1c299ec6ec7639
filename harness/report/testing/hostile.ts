import type { StoredRun } from "../../model/run.ts";

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
const fixed = new Set(["status", "verdict", "phase", "type", "passed", "startedAt", "endedAt", "effect", "source"]);
/** Objects whose names come from the system as well. */
const named = new Set(["logs", "versions", "before", "during", "after", "numbers"]);

/** The run with the text behind every text that it carries, names of measurements and instances included. */
export function withText(run: StoredRun, text: string): StoredRun {
  return changed(run, text, "") as StoredRun;
}

function changed(value: unknown, text: string, name: string): unknown {
  if (typeof value === "string") return fixed.has(name) ? value : value + text;
  if (Array.isArray(value)) return value.map((item) => changed(item, text, name));
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      named.has(name) ? key + text : key,
      // Under `phases` of a record the keys are phases; `phase` of an event is one.
      changed(item, text, key),
    ]),
  );
}
