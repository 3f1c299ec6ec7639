import { expect, test } from "vitest";
import { randomFrom } from "../../model/random.ts";
import type { Faultline } from "../testing/faultline.ts";
import { endAtRandom, type RandomEnd, startIn, tellEnds } from "../testing/random-ends.ts";
import type { Enclosure } from "../testing/residues.ts";

/** So many runs for each way. */
const times = Math.max(2, Math.ceil(Number(process.env["FAULTLINE_KILLS"] ?? 20) / 10));
const random = randomFrom(process.env["FAULTLINE_KILL_SEED"] ?? `${Date.now()}`);

async function endedBy(what: string, end: (faultline: Faultline) => void, start?: typeof startIn) {
  const ends: RandomEnd[] = [];
  for (let turn = 0; turn < times; turn += 1)
    ends.push(await endAtRandom(random.stream(what), turn, end, start === undefined ? {} : { start }));
  console.log(tellEnds(`times ${what}`, ends));
  expect(ends.filter(({ residues }) => residues.length > 0)).toEqual([]);
  return ends;
}

/** Before the command listens a signal ends it as it ends any process, and what is over has its own exit code. */
const inMidRun = ({ phase }: RandomEnd): boolean => phase !== "before" && phase !== "over" && phase !== "tearDown";

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 143],
] as const)("%s at a random moment leaves nothing", async (signal, exit) => {
  const ends = await endedBy(signal, (faultline) => void faultline.child.kill(signal));
  for (const one of ends.filter(inMidRun)) expect(one.exit, one.stderr).toBe(exit);
});

test("SIGINT twice leaves nothing", async () => {
  const ends = await endedBy("SIGINT twice", (faultline) => {
    faultline.child.kill("SIGINT");
    setTimeout(() => faultline.child.kill("SIGINT"), 30);
  });
  for (const one of ends.filter(inMidRun)) expect(one.exit, one.stderr).toBe(130);
});

test.runIf(process.platform === "linux")("a terminal that is closed leaves nothing", async () => {
  // `script` holds the terminal; when it is killed, the terminal hangs up on whoever runs in it.
  const inTerminal = (enclosure: Enclosure, scenario: string): Faultline => startIn(enclosure, scenario, "terminal");
  await endedBy("closed terminal", (faultline) => void faultline.child.kill("SIGKILL"), inTerminal);
});
