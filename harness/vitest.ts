import { test } from "vitest";
import { environmentNamed, inEnvironment } from "./cli/environments.ts";
import { faultKinds } from "./faults/index.ts";
import type { ContainerSettings } from "./model/config.ts";
import type { FaultSpec } from "./model/fault.ts";
import type { System, TargetOf } from "./model/system.ts";
import { type StartedSystem, startSystem as start } from "./run/start-system.ts";
import { withFault } from "./run/with-fault.ts";

// The public face for ordinary tests: `faultline/vitest`.

export type { StartedSystem } from "./run/start-system.ts";
export { withFault } from "./run/with-fault.ts";

/** What a system is started with. */
export interface SystemOptions {
  /** Where it is started; default `local`. */
  readonly environment?: string;
  /** How the environment `containers` gets its images. */
  readonly containers?: ContainerSettings;
  /** A folder in which one with the logs and events of this system is kept; without it they go away with the system. */
  readonly output?: string;
  /** Hosts elsewhere that are yours to break, for the environment `attach`. */
  readonly allowedTargets?: readonly string[];
}

/**
 * Starts a system for tests; whoever starts it stops it. When this process is killed, all of it ends all the same.
 * @throws FaultlineError (64) for a definition that is wrong, (3) when it does not start or a program is missing
 */
export async function startSystem<S extends System>(
  definition: S,
  { environment: name = "local", containers, ...options }: SystemOptions = {},
): Promise<StartedSystem<S>> {
  const environment = await environmentNamed(name).open(containers === undefined ? {} : { containers });
  return start(inEnvironment(definition, name), { environment, faultKinds, ...options });
}

/**
 * `test` of vitest with two fixtures: `system`, started before the file's first test that asks for it and stopped after
 * its last, and `withFault` of that system, which ends with its test, also when the time of the test is up. The start
 * counts as time of the first test: with vitest's own limit of 5 s a larger system needs a higher `testTimeout`.
 */
export function faultTest<S extends System>(definition: S, options: SystemOptions = {}) {
  return (
    test
      // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern which fixtures this one needs.
      .extend("system", { scope: "file" }, async ({}, { onCleanup }) => {
        const system = await startSystem(definition, options);
        onCleanup(() => system.stop());
        return system;
      })
      .extend("withFault", ({ system, signal }, { onCleanup }) => {
        const playing: Promise<unknown>[] = [];
        onCleanup(async () => {
          await Promise.allSettled(playing);
        });
        return <T>(fault: FaultSpec<TargetOf<S>>, body: () => T | Promise<T>): Promise<T> => {
          const played = withFault(system, fault, body, { signal });
          playing.push(played);
          return played;
        };
      })
  );
}
