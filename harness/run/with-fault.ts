import { exits, FaultlineError, type Problem } from "../model/errors.ts";
import type { FaultKind, FaultSpec, Receipt, ScheduledInjection } from "../model/fault.ts";
import { randomFrom } from "../model/random.ts";
import type { System, TargetOf } from "../model/system.ts";
import { milliseconds } from "../model/units.ts";
import { schedule } from "../plan/schedule.ts";
import { playStrikes } from "./injector.ts";
import type { StartedSystem } from "./start-system.ts";

/** For how long a fault is planned that ends with a body: longer than any test. */
const lastingMs = 3_600_000;
/** How much later one begins, and how much earlier it ends, than the one that it lies in. */
const withinMs = 10_000;

/**
 * Runs a body while a fault acts: proves on the path that it acts on that it acts, runs the body, heals, and proves that
 * too. It is healed whatever the body does, also when the signal is aborted or the system is stopped meanwhile. Faults
 * may lie inside each other; two of one kind on one target are refused.
 * @param options.signal ends it early, as the one that a test is given for its time limit
 * @returns what the body returns; rejects with what it rejects with
 * @throws FaultlineError (64) with everything that is wrong with the fault, before it acts; FAULT_NOT_PROVEN (2), and the
 *   body has not been run; FAULT_NOT_HEALED (4), with what the body threw as the cause
 */
export async function withFault<S extends System, T>(
  system: StartedSystem<S>,
  fault: FaultSpec<TargetOf<NoInfer<S>>>,
  body: () => T | Promise<T>,
  options: { signal?: AbortSignal } = {},
): Promise<T> {
  const { stage } = system;
  const { kind, injection } = planned(system, fault);
  const signals = [stage.injector.signal, ...(options.signal === undefined ? [] : [options.signal])];
  const context = { ...stage.injector, signal: AbortSignal.any(signals) };
  context.signal.throwIfAborted();
  const strikes = context.system.control(kind.needs, injection.target).length;
  const during = runDuring(strikes, body, context.signal);
  const played = playStrikes(kind, injection, during, context);
  stage.acting.set(injection, played);
  const receipts = await played.finally(() => stage.acting.delete(injection));
  stage.receipts.push(...receipts);
  const outcome = await during.outcome;
  const failed = whatFailed(injection, receipts, outcome !== undefined || context.signal.aborted);
  if (failed !== undefined) {
    const cause = outcome !== undefined && "thrown" in outcome ? { cause: outcome.thrown } : {};
    throw new FaultlineError(failed.exit, [failed.problem], cause);
  }
  if (outcome === undefined) throw context.signal.reason;
  if ("thrown" in outcome) throw outcome.thrown;
  return outcome.value;
}

/** Checked as a scenario's plan is, together with the faults that act already. */
function planned(system: StartedSystem, fault: FaultSpec): { kind: FaultKind; injection: ScheduledInjection } {
  const { stage } = system;
  const { faultKinds } = stage.injector;
  // Each inside of the one before, as bodies are.
  const acting = [...stage.acting.keys()].map(({ kind, target, parameters }) => ({ kind, target, parameters }));
  const all = [...acting, fault].map((inject, depth) => ({
    at: milliseconds(depth * withinMs),
    lasting: milliseconds(lastingMs - 2 * depth * withinMs),
    inject,
  }));
  const drawn = schedule(
    all,
    { system: system.definition, faultsMs: lastingMs, operations: [], random: randomFrom("") },
    { faultKinds, environment: stage.environment },
  );
  const [injection, kind] = [drawn.schedule.at(-1), faultKinds.find((one) => one.kind === fault?.kind)];
  if (drawn.problems.length > 0 || injection === undefined || kind === undefined) {
    const own = drawn.problems.map((one) => ({ ...one, where: one.where.replace(/^faults\[\d+\]\.inject/, "fault") }));
    throw new FaultlineError(exits.usage, own);
  }
  stage.count += 1;
  return { kind, injection: { ...injection, id: `f${stage.count}` } };
}

type Outcome<T> = { readonly value: T } | { readonly thrown: unknown };

/** Runs the body once all strikes are proven; not at all when one is not. */
function runDuring<T>(strikes: number, body: () => T | Promise<T>, signal: AbortSignal) {
  const proven = Promise.withResolvers<boolean>();
  let missing = strikes;
  const arrive = (isProven: boolean): void => {
    missing -= 1;
    if (!isProven) proven.resolve(false);
    else if (missing === 0) proven.resolve(true);
  };
  const run = async (): Promise<Outcome<T> | undefined> => {
    if (!(await proven.promise) || signal.aborted) return undefined;
    try {
      return { value: await Promise.race([body(), rejectionBy(signal)]) };
    } catch (thrown) {
      return { thrown };
    }
  };
  const outcome = run();
  return {
    outcome,
    due: async () => signal.throwIfAborted(),
    over: async (isProven: boolean) => {
      arrive(isProven);
      await outcome;
    },
    failed: () => arrive(false),
  };
}

function rejectionBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}

/** The worst first: what is still broken matters more than what never was. */
function whatFailed(
  { title }: ScheduledInjection,
  receipts: readonly Receipt[],
  hasBegun: boolean,
): { exit: number; problem: Problem } | undefined {
  const unhealed = receipts.find(
    ({ healRequestedMs, healProvenMs }) => healRequestedMs !== undefined && healProvenMs === undefined,
  );
  if (unhealed !== undefined) {
    const { on, after, error = `it was not seen to be gone: ${JSON.stringify(after ?? {})}` } = unhealed;
    const remedy = "Stop the system: what acts may go on acting until then.";
    const problem: Problem = { code: "FAULT_NOT_HEALED", where: title, message: `${on}: ${error}`, remedy };
    return { exit: exits.leftBroken, problem };
  }
  const unproven = receipts.find(({ provenMs }) => provenMs === undefined);
  if (unproven === undefined || hasBegun) return undefined;
  const { on, during, error = `it was not seen to act: ${JSON.stringify(during ?? {})}` } = unproven;
  const remedy = "The body was not run. See that the target is up, and that the fault is large enough to be felt.";
  const problem: Problem = { code: "FAULT_NOT_PROVEN", where: title, message: `${on}: ${error}`, remedy };
  return { exit: exits.inconclusive, problem };
}
