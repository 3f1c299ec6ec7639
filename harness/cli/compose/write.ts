import { type Draft, type DraftComponent, instancesOf } from "./draft.ts";
import { type Text, textOf } from "./interpolate.ts";

/** What may stand without quotes. */
const isName = (text: string): boolean => /^[A-Za-z_$][\w$]*$/.test(text);
const key = (text: string): string => (isName(text) ? text : JSON.stringify(text));
/** On one line, whatever names the file has. */
const comment = (text: string): string => `// ${text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ")}`;
const question = (text: string): string => comment(`? ${text}`);
const indented = (lines: readonly string[], by = "  "): readonly string[] => lines.map((line) => `${by}${line}`);

/** A text as TypeScript; what comes from variables is asked for when the file is loaded. */
export function code(text: Text): string {
  const [only] = text;
  if (text.length === 1 && only?.code !== undefined) return only.code;
  if (text.every((piece) => piece.code === undefined)) return JSON.stringify(textOf(text));
  const pieces = text.map((piece) =>
    piece.code === undefined
      ? piece.text.replace(/[\\`]|\$(?=\{)/g, "\\$&").replace(/\r/g, "\\r")
      : `\${${piece.code}}`,
  );
  return `\`${pieces.join("")}\``;
}

/** `faultline.config.ts` for a draft. @param from the compose file's path */
export function configFile(draft: Draft, { from, hasDotEnv }: { from: string; hasDotEnv: boolean }): string {
  const kinds = [...new Set(draft.components.map(({ server }) => server?.kind ?? "container"))].sort();
  const definition = definitionOf(draft);
  const used = definition.join("\n");
  const helpers = helpersFor(used, hasDotEnv);
  const fromNode = [
    ...(helpers.some((line) => line.includes("readFileSync")) ? ['import { readFileSync } from "node:fs";'] : []),
    ...(helpers.some((line) => line.includes("parseEnv")) ? ['import { parseEnv } from "node:util";'] : []),
  ];
  return `${[
    ...fromNode,
    `import { defineConfig, type HttpReply, ${[...kinds, "seconds", "system", "workload"].join(", ")} } from "faultline";`,
    "",
    comment(`Made of ${from} by \`faultline init\`. Lines with \`// ?\` are questions: what that file does not tell.`),
    ...draft.questions.map(question),
    "",
    ...helpers,
    ...definition,
    "",
    ...load(draft),
    "const phases = { warmUp: seconds(1), steady: seconds(4), faults: seconds(4), recovery: seconds(6) };",
    "export const everyday = { system: composed, workload: people, phases };",
    "",
    'export default defineConfig({ environment: "containers" });',
  ].join("\n")}\n`;
}

function helpersFor(used: string, hasDotEnv: boolean): readonly string[] {
  const [hasVariable, hasTold] = [used.includes("variable("), used.includes("told[")];
  const asks = hasVariable || hasTold;
  const told = hasDotEnv ? '{ ...envFile(".env"), ...process.env }' : "process.env";
  return [
    ...(used.includes("envFile(") || (asks && hasDotEnv)
      ? [
          "/** The variables of a file beside this one. */",
          "function envFile(path: string): Record<string, string> {",
          '  return parseEnv(readFileSync(new URL(path, import.meta.url), "utf8")) as Record<string, string>;',
          "}",
          "",
        ]
      : []),
    ...(asks
      ? [
          "/** What compose fills in. */",
          `const told: Readonly<Record<string, string | undefined>> = ${told};`,
          ...(hasVariable
            ? ['const variable = (name: string, otherwise = ""): string => told[name] || otherwise;']
            : []),
          "",
        ]
      : []),
  ];
}

function definitionOf({ name, entry, components }: Draft): readonly string[] {
  return [
    "const composed = system({",
    `  name: ${JSON.stringify(name)},`,
    `  ${question("is this the one that users ask?")}`,
    `  entry: ${JSON.stringify(entry)},`,
    "  components: {",
    ...components.flatMap((component) => indented(componentLines(component, name), "    ")),
    "  },",
    "});",
  ];
}

function componentLines(component: DraftComponent, project: string): readonly string[] {
  const { name, server } = component;
  const settings = server === undefined ? containerSettings(component, project) : serverSettings(server);
  const questions = component.questions.map(question);
  const made = server?.kind ?? "container";
  if (settings.length === 0) return [...questions, `${name}: ${made}(),`];
  return [...questions, `${name}: ${made}({`, ...indented(settings), "}),"];
}

function serverSettings({ settings, configuration }: NonNullable<DraftComponent["server"]>): readonly string[] {
  const pairs = Object.entries(configuration).map(([name, value]) => `${key(name)}: ${code(value)}`);
  return [
    ...Object.entries(settings).map(([name, value]) => `${key(name)}: ${code(value)},`),
    ...(pairs.length === 0 ? [] : [`configuration: { ${pairs.join(", ")} },`]),
  ];
}

function containerSettings({ service, port, readyPath, links }: DraftComponent, project: string): readonly string[] {
  const { image = [{ text: `${project}-${service.name}` }], command, envFiles, environment } = service;
  const instances = instancesOf(service);
  const linked = new Set(links.map(({ variable }) => variable));
  const own = [...environment].filter(([variable, { isFromFile }]) => !isFromFile && !linked.has(variable));
  const variables = [
    ...envFiles.map((file) => `...envFile(${JSON.stringify(file)}),`),
    ...own.map(([variable, { text }]) => `${key(variable)}: ${code(text)},`),
  ];
  return [
    `image: ${code(image)},`,
    ...(command === undefined || command.length === 0 ? [] : [`command: [${command.map(code).join(", ")}],`]),
    ...(variables.length === 0 ? [] : ["environment: {", ...indented(variables), "},"]),
    ...(port === undefined ? [] : [`port: ${port},`]),
    ...(readyPath === undefined ? [] : [`readyPath: ${JSON.stringify(readyPath)},`]),
    ...(instances === 1 ? [] : [`instances: ${instances},`]),
    ...(links.length === 0 ? [] : ["links: {", ...indented(links.flatMap(linkLines)), "},"]),
  ];
}

const linkLines = ({ variable, to, as, question: asked }: DraftComponent["links"][number]): readonly string[] => [
  ...(asked === undefined ? [] : [question(asked)]),
  `${key(variable)}: { to: ${JSON.stringify(to)}, as: ${code(as)} },`,
];

function load({ components, entry }: Draft): readonly string[] {
  const path = components.find(({ name }) => name === entry)?.readyPath ?? "/";
  return [
    question("what do users do, how often, and what do they take for an answer?"),
    "const people = workload({",
    '  name: "people",',
    "  perSecond: 20,",
    "  keys: 1,",
    "  sessions: 5,",
    "  operations: {",
    "    look: {",
    "      weight: 1,",
    '      effect: "read",',
    "      deadline: seconds(2),",
    `      request: () => ({ method: "GET", path: ${JSON.stringify(path)} }),`,
    '      judge: ({ status }: HttpReply) => ({ outcome: status < 400 ? ("ok" as const) : ("rejected" as const) }),',
    "    },",
    "  },",
    "});",
  ];
}

/** The first scenario: what the entry cannot do without is cut off for a while, or it dies itself. */
export function scenarioFile({ components, entry }: Draft): { readonly name: string; readonly text: string } {
  const [first] = components.find(({ name }) => name === entry)?.links ?? [];
  const [fault, target, told] =
    first === undefined
      ? ["kill", entry, `${entry} dies and comes back`]
      : ["partition", `${entry}->${first.to}`, `${first.to} is cut off from ${entry} for a while`];
  const text = `import { availability, ${fault}, recoversWithin, scenario, seconds } from "faultline";
import { everyday } from "../faultline.config.ts";

export default scenario({
  ...everyday,
  name: ${JSON.stringify(told)},
  // ? what is meant to happen to users meanwhile?
  expects: "some are refused, and all is well soon after",
  faults: [{ at: seconds(0.5), lasting: seconds(2), inject: ${fault}(${JSON.stringify(target)}) }],
  checks: [availability({ atLeast: 0.5 }), recoversWithin(seconds(4))],
});
`;
  return { name: `${(first?.to ?? entry).replaceAll("_", "-")}-${first === undefined ? "dies" : "cut-off"}`, text };
}
