import { expect, test } from "vitest";
import { describeIn } from "../../environments/testing/here.ts";
import { engine } from "../../environments/testing/worlds.ts";
import { randomFrom } from "../../model/random.ts";
import { countLabelled } from "../../safety/labelled.ts";
import { Faultline } from "../testing/faultline.ts";
import { endAtRandom, type RandomEnd, tellEnds } from "../testing/random-ends.ts";
import type { Enclosure } from "../testing/residues.ts";

const kills = Number(process.env["FAULTLINE_KILLS"] ?? 20);
const seed = process.env["FAULTLINE_KILL_SEED"] ?? `${Date.now()}`;
/** The watchdog looks for what the engine was asked for until it has found nothing three times, and ends after that. */
const goneWithinMs = 20_000;

function startIn({ temporary, reports }: Enclosure, scenario: string): Faultline {
  const args = ["run", scenario, "--env", "containers", "--seed", "7", "-o", reports];
  return new Faultline(args, { output: reports, environment: { TMPDIR: temporary } });
}

/** What the engine still has of a run; without a journal there never was anything. */
async function leftOnEngine(faultline: Faultline): Promise<readonly string[]> {
  let mark: string;
  try {
    ({ mark } = faultline.identity());
  } catch {
    return [];
  }
  const left = await countLabelled(engine(), `faultline.run=${mark}`);
  return left === 0 ? [] : [`${left} things on the engine, of the run ${mark}`];
}

describeIn("containers", "in containers", () => {
  test(`SIGKILL of the runner at ${kills} random moments leaves no container and no network`, {
    timeout: kills * 60_000,
  }, async () => {
    const random = randomFrom(seed);
    const ends: RandomEnd[] = [];
    for (let turn = 1; turn <= kills; turn += 1) {
      const kill = (faultline: Faultline) => void faultline.child.kill("SIGKILL");
      ends.push(
        await endAtRandom(random, turn, kill, {
          start: startIn,
          withinMs: goneWithinMs,
          alsoLeft: leftOnEngine,
        }),
      );
    }
    console.log(`${tellEnds("kills", ends)}, seed ${seed}`);
    expect(ends.filter(({ residues }) => residues.length > 0)).toEqual([]);
    // Seven in twenty are meant to be.
    expect(ends.filter(({ phase }) => phase === "faults").length).toBeGreaterThanOrEqual(kills / 20);
  });
});
