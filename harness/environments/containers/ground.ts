import type { EnvironmentContext } from "../../model/environment.ts";
import type { UndoStep } from "../../model/undo.ts";
import { removeLabelled } from "../../safety/labelled.ts";
import type { Engine } from "./engine.ts";
import { inTime } from "./engine-call.ts";
import type { ImageSettings } from "./settings.ts";

/** By this label everything of a run is known, and nothing that does not carry it is ever touched. */
const labelKey = "faultline.run";

/** What all containers of a run stand on. */
export interface Ground {
  readonly engine: Engine;
  readonly settings: ImageSettings;
  readonly context: EnvironmentContext;
  /** The one network that they are on, and nobody else. */
  readonly network: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Unlike that of any other run, for names. */
  readonly suffix: string;
  /** What it was asked for and has not answered in time may come into being yet. */
  readonly unanswered: { calls: number };
}

/** How often nothing must be found when something may come into being yet: for ten seconds, about. */
const looksAfterSilence = 30;

export function groundOf(engine: Engine, settings: ImageSettings, context: EnvironmentContext): Ground {
  const suffix = context.mark.slice(-12);
  return {
    engine,
    settings,
    context,
    network: `faultline-${suffix}`,
    labels: { [labelKey]: context.mark },
    suffix,
    unanswered: { calls: 0 },
  };
}

/** Takes away everything that carries the run's label. */
export function sweepOf({ engine, context }: Ground): Extract<UndoStep, { do: "removeLabelled" }> {
  return { do: "removeLabelled", engine: engine.address, label: `${labelKey}=${context.mark}` };
}

/** When everything that was asked of the engine has been answered, one look that finds nothing is enough. */
export async function sweep(ground: Ground): Promise<void> {
  const { engine, label } = sweepOf(ground);
  await removeLabelled(engine, label, ground.unanswered.calls === 0 ? 1 : looksAfterSilence);
}

export async function makeNetwork(ground: Ground): Promise<void> {
  const { engine, network, labels } = ground;
  const { dockerode } = engine.client.container;
  await inTime(ground, "make", `the network ${network}`, () =>
    dockerode.createNetwork({ Name: network, Driver: "bridge", Labels: labels }),
  );
}
