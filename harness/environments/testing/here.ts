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

/** A `describe` for each environment. @param title with `%s` for its name */
export function describeInEach(title: string, body: (environment: string) => void): void {
  tellMissing(() => true);
  describe.each(here)(title, body);
}

/** A `describe` for one environment only. */
export function describeIn(environment: string, title: string, body: () => void): void {
  tellMissing((name) => name === environment);
  describe.runIf(here.includes(environment))(title, body);
}

/** What can't be had is told with its reason, as a test that is skipped. */
function tellMissing(isMeant: (name: string) => boolean): void {
  for (const [name, why] of looked)
    if (why !== undefined && isMeant(name)) test.skip(`the environment ${name}: ${why}`, () => undefined);
}
