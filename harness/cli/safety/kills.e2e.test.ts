import { expect, test } from "vitest";
import { randomFrom } from "../../model/random.ts";
import { endAtRandom, type RandomEnd, tellEnds } from "../testing/random-ends.ts";

const kills = Number(process.env["FAULTLINE_KILLS"] ?? 20);
const seed = process.env["FAULTLINE_KILL_SEED"] ?? `${Date.now()}`;
/** Two at a time: what one leaves must not be taken for the other's either. */
const atATime = 2;

test(`SIGKILL of the runner at ${kills} random moments leaves nothing after 5 s`, {
  timeout: kills * 30_000,
}, async () => {
  const random = randomFrom(seed);
  const ends: RandomEnd[] = [];
  let turn = 0;
  const worker = async (): Promise<void> => {
    while (turn < kills) {
      turn += 1;
      ends.push(await endAtRandom(random, turn, (faultline) => void faultline.child.kill("SIGKILL")));
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  console.log(`${tellEnds("kills", ends)}, seed ${seed}`);
  expect(ends.filter(({ residues }) => residues.length > 0)).toEqual([]);
  // Eight in twenty are meant to be.
  expect(ends.filter(({ phase }) => phase === "faults").length).toBeGreaterThanOrEqual(kills / 20);
});
