import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { interpolate, type Text, textOf } from "./interpolate.ts";
import { containerPort, healthOf } from "./ports.ts";
import { splitWords } from "./words.ts";
import { code } from "./write.ts";

const variables = { USER: "ann", EMPTY: "", SECRET: "s`3${cret" };

function read(source: string): { text: Text; problems: readonly string[]; unset: readonly string[] } {
  const [problems, unset]: [string[], string[]] = [[], []];
  const told = { problem: (one: string) => void problems.push(one), unset: (one: string) => void unset.push(one) };
  return { text: interpolate(source, variables, told), problems, unset };
}

test.each([
  ["plain", "plain"],
  ["", ""],
  ["5$$ and $${USER}", "5$ and ${USER}"],
  ["$USER's", "ann's"],
  ["${USER}/${EMPTY}/", "ann//"],
  ["${NONE:-x}${EMPTY:-y}${EMPTY-z}", "xy"],
  ["${NONE:-${EMPTY:-${USER}}}", "ann"],
  ["${NONE:-a}b}", "ab}"],
  ["${USER:+yes}${NONE:+no}${EMPTY:+no}${EMPTY+set}", "yesset"],
  ["${USER:?must}${EMPTY?must}", "ann"],
  ["${PORT-:2283:2283}", ":2283:2283"],
])("%j is %j", (source, expected) => {
  expect(read(source)).toMatchObject({ problems: [] });
  expect(textOf(read(source).text)).toBe(expected);
});

test.each([
  ["${USER", /without its }/],
  ["${1X}", /no variable/],
  ["${USER!x}", /no variable/],
  ["cost: $ 5", /\$\$ stands for one/],
  ["${NONE:?say which}", /NONE must be set: say which/],
  ["${EMPTY:?}", /EMPTY must be set/],
])("%j is a problem", (source, message) => expect(read(source).problems.join()).toMatch(message));

test("what is not set and has no default is told", () => {
  expect(read("$A ${B} ${C:-c} ${USER} ${EMPTY}").unset).toEqual(["A", "B"]);
});

test("as code it asks for the same again, and no value is copied", () => {
  const variable = (name: string, otherwise = ""): string =>
    (variables as Readonly<Record<string, string>>)[name] || otherwise;
  const sources = [
    "plain `x` \\ $${",
    "a $USER b ${NONE:-`d` ${EMPTY:-\\}} \\ `c` $${USER} \n\t'\"",
    "${SECRET}",
    "x${SECRET}",
    "${EMPTY-a}${NONE-b}${EMPTY:-c}",
  ];
  for (const source of sources) {
    const { text, problems } = read(source);
    expect(problems).toEqual([]);
    const written = code(text);
    expect(written).not.toContain("cret");
    expect(runInNewContext(written, { variable, told: variables })).toBe(textOf(text));
  }
});

test.each([
  ["80", 80],
  ["8080:80", 80],
  ["127.0.0.1:8080:80/tcp", 80],
  ["[::1]:8080:80", 80],
  ["3000-3005:3000-3005", 3000],
  ["53:53/udp", "udp"],
  ["http", undefined],
  ["8080:0", undefined],
  ["8080:65536", undefined],
])("%j has the container's port %j", (text, port) => expect(containerPort(text)).toBe(port));

test.each<[unknown, object | undefined]>([
  [["CMD", "curl", "-f", "http://localhost:8080/api/ping?a=1"], { port: 8080, path: "/api/ping?a=1" }],
  ["wget -q http://127.0.0.1 || exit 1", { path: "/" }],
  ["curl -s localhost:3000/health | grep OK", { port: 3000, path: "/health" }],
  [["CMD", "pg_isready", "-h", "localhost"], undefined],
  [["CMD", "redis-cli", "ping"], undefined],
  [undefined, undefined],
])("the health check %j asks at %j", (command, asked) => expect(healthOf(command)).toEqual(asked));

test.each<[string, readonly string[] | undefined]>([
  ["node server.js", ["node", "server.js"]],
  ["  sh -c 'a  b' \"c \\\" d\" e\\ f '' x'y'z ", ["sh", "-c", "a  b", 'c " d', "e f", "", "xyz"]],
  ["run ${NAME:-a b} $HOME", ["run", "${NAME:-a b}", "$HOME"]],
  ["", []],
  ["it's", undefined],
])("%j is split into %j", (text, words) => expect(splitWords(text)).toEqual(words));
