import { describe, test } from "vitest";
import { environmentNamed } from "../../cli/environments.ts";
import { messageOf } from "../../model/errors.ts";

/** Every environment, with what keeps it from being had on this machine. A new one is one name more in this list. */
const looked = await Promise.all(
  ["local", "containers"].map(async (name) => {
    const why = await environmentNamed(name)
      .open()
      .then(
        () => undefined,
        (error: unknown) => messageOf(error).split("\n")[0],
      );
    return [name, why] as const;
  }),
);

/** Names of those that can be had. */
export const here = looked.flatMap(([name, why]) => (why === undefined ? [name] : []));
/** The others, and why. */
export const notHere = looked.filter(([, why]) => why !== undefined);

/** A `describe` for one environment only: where that can't be had, it is skipped, and the reason is told. */
export function describeIn(environment: string, title: string, body: () => void): void {
  for (const [name, why] of notHere) if (name === environment) test.skip(`${name}: ${why}`, () => undefined);
  describe.runIf(here.includes(environment))(title, body);
}
