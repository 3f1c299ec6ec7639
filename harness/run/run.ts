import { setTimeout as sleep } from "node:timers/promises";
import { runLoad } from "../load/run-load.ts";
import type { CapabilityName } from "../model/capabilities.ts";
import type { FinalState, GeneratorReport, Interval } from "../model/check.ts";
import type { RunningSystem } from "../model/environment.ts";
import { interruptedBy, messageOf } from "../model/errors.ts";
import type { RunEvent, RunPhase } from "../model/events.ts";
import { evidenceFrom } from "../model/evidence.ts";
import type { LoadPhase } from "../model/history.ts";
import { lastGauges } from "../model/measure/growth.ts";
import { type AuditContext, workloadsOf } from "../model/scenario.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { Tally } from "../model/tally.ts";
import { operationsOf } from "../model/workload.ts";
import type { JournalFile } from "../safety/journal.ts";
import { HistoryWriter } from "../store/history-file.ts";
import { KeptEvidenceWriter, readOperations } from "../store/kept-evidence.ts";
import { auditContextOf, readFinalState } from "./audit.ts";
import { leftChanged, snapshotOf } from "./comparison.ts";
import { readGauges, readUntilShrunk } from "./gauges.ts";
import { prepareWorkloads } from "./prepare.ts";
import { longestRestMs, notAtRest, waitForRest } from "./rest.ts";
import type { RunOptions, RunResult } from "./run-options.ts";
import { runTokenOf } from "./run-token.ts";
import { playInjection } from "./scheduled.ts";
import { onStage, type StageEnd } from "./stage.ts";
import { Strikes } from "./strikes.ts";
import { beginWatches, type Watches } from "./watches.ts";

/** How long before its first operation the load is made ready. */
const loadLeadMs = 100;
const defaultRestMs = 10_000;
const auditWithinMs = 30_000;
/** How long before the first fault may strike the steady gauges are read. */
const gaugeLeadMs = 700;

/**
 * Runs a scenario once, from nothing to nothing. Never rejects for what happens in the run: that is part of the result.
 */
export async function runScenario(options: RunOptions): Promise<RunResult> {
  const run = new Run(options);
  return run.toItsEnd();
}

class Run {
  readonly #options: RunOptions;
  readonly #startedAt = performance.now();
  readonly #stop = new AbortController();
  readonly #events: RunEvent[] = [];
  readonly #reasons: string[] = [];
  readonly #phases: Partial<Record<LoadPhase, Interval>> = {};
  #generator: GeneratorReport | undefined;
  #watch: Watches | undefined;
  #finalState: FinalState | undefined;
  #leftChanged: readonly string[] = [];

  constructor(options: RunOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", () => this.#interrupt(), { once: true });
    if (options.signal.aborted) this.#interrupt();
  }

  readonly #now = (): number => performance.now() - this.#startedAt;

  readonly #emit = (event: RunEvent): void => {
    this.#events.push(event);
    try {
      this.#options.folder.appendEvent(event);
      this.#options.observe(event);
    } catch (error) {
      // Observers may fail without failing the run; a folder that takes no more events is found out by the history.
      this.#reasons.push(`an event could not be told: ${messageOf(error)}`);
    }
  };

  /** The event says from when on what happens is Faultline's own doing; it comes before that. */
  #interrupt(): void {
    const reason: unknown = this.#options.signal.reason;
    this.#emit({ atMs: this.#now(), type: "interrupted", by: interruptedBy(reason) });
    this.#stop.abort(reason);
  }

  async toItsEnd(): Promise<RunResult> {
    const { environment, folder, scenario, plan, faultKinds } = this.#options;
    const stage = {
      system: scenario.system,
      environment,
      folder,
      now: this.#now,
      emit: this.#emit,
      signal: this.#stop.signal,
      allowedTargets: this.#options.allowedTargets ?? [],
      needs: (capability: CapabilityName, instance: string) =>
        plan.schedule.some(
          ({ kind, acts }) =>
            acts.includes(instance) && faultKinds.find((one) => one.kind === kind)?.needs === capability,
        ),
    };
    const end = await onStage(stage, async (system, journal) => {
      // A run without its proxies shows nothing more; it ends, and says why.
      system.lost.catch((error: unknown) => this.#stop.abort(error));
      const before = await snapshotOf(system);
      await this.#watched(system, journal);
      await this.#compare(system, before);
      await Promise.race([this.#options.keepUp?.(system), system.lost]);
    });
    return this.#result(end);
  }

  /** From the warm-up to the audit: what has not come to rest, or goes wrong only then, is seen, too. */
  async #watched(system: RunningSystem, journal: JournalFile): Promise<void> {
    const { system: definition } = this.#options.scenario;
    this.#watch = beginWatches({ definition, system, now: this.#now, emit: this.#emit });
    try {
      await this.#underLoad(system, journal);
      await this.#audit(system).catch((error: unknown) => this.#auditFailed(error));
    } finally {
      await this.#watch.end();
    }
  }

  /** Load and faults, each at its own absolute times; both are over when this returns. */
  async #underLoad(system: RunningSystem, journal: JournalFile): Promise<void> {
    const { plan, scenario, arrivals, folder, faultKinds, onProgress } = this.#options;
    const workloads = workloadsOf(scenario);
    const targets = system.entry.map((entry) => entry.address);
    const [runToken, { signal }] = [runTokenOf(folder.id), this.#stop];
    await prepareWorkloads(workloads, { targets, runToken, signal });
    const startMs = this.#now() + loadLeadMs;
    const starts = this.#phaseStarts(startMs);
    const writer = new HistoryWriter(folder.history, folder.secrets);
    const evidence = new KeptEvidenceWriter(folder.kept, folder.secrets);
    const tally = new Tally(operationsOf(workloads).length);
    const load = runLoad({
      workloads,
      arrivals,
      targets,
      runToken,
      startMs,
      now: this.#now,
      writer,
      evidence,
      tally,
      signal,
      allowedTargets: this.#options.allowedTargets ?? [],
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    load.catch((error: unknown) => this.#stop.abort(error));
    const faultsPhase = { fromMs: starts.faults, toMs: starts.recovery };
    const context = {
      system,
      plan,
      tally,
      faults: faultsPhase,
      faultKinds,
      journal,
      now: this.#now,
      emit: this.#emit,
      strikes: new Strikes(),
      signal,
    };
    const faults = plan.schedule.map((injection) => playInjection(injection, context));
    // Without a phase of faults the steady one is all there is.
    const steadyEndMs = starts.faults ?? startMs + plan.phases.reduce((sum, { lengthMs }) => sum + lengthMs, 0);
    const gauged = this.#until(steadyEndMs - gaugeLeadMs).then(() => this.#gauge("steady", system));
    try {
      await this.#walkPhases(starts);
    } finally {
      // Both end by themselves on an abort, and both must have ended before anything is taken away from under them.
      const [report, ...receipts] = await Promise.allSettled([load, ...faults, gauged]);
      writer.close();
      evidence.flush();
      this.#reasons.push(...evidence.reasons());
      if (report.status === "fulfilled") this.#generator = report.value;
      for (const one of receipts) {
        if (one.status === "rejected") this.#reasons.push(`a fault could not be played: ${messageOf(one.reason)}`);
      }
    }
    signal.throwIfAborted();
  }

  #phaseStarts(startMs: number): Record<LoadPhase, number> {
    const starts: Partial<Record<LoadPhase, number>> = {};
    let at = startMs;
    for (const { phase, lengthMs } of this.#options.plan.phases) {
      starts[phase] = at;
      at += lengthMs;
    }
    return starts as Record<LoadPhase, number>;
  }

  async #walkPhases(starts: Record<LoadPhase, number>): Promise<void> {
    for (const { phase, lengthMs } of this.#options.plan.phases) {
      const fromMs = starts[phase];
      const toMs = fromMs + lengthMs;
      await this.#until(fromMs);
      this.#enter(phase);
      this.#phases[phase] = { fromMs, toMs };
      await this.#until(toMs).catch((error: unknown) => {
        // A phase in which the run was ended is as long as it really was.
        this.#phases[phase] = { fromMs, toMs: this.#now() };
        throw error;
      });
    }
    this.#enter("quiesce");
  }

  async #audit(system: RunningSystem): Promise<void> {
    const { folder, scenario } = this.#options;
    const { audit, restWithin = defaultRestMs } = scenario;
    const context = this.#auditContext(system, longestRestMs(restWithin) + auditWithinMs);
    const isAtRest = await this.#rest(context, restWithin);
    await this.#gauge("rest", system);
    await this.#watch?.end();
    if (audit === undefined) return;
    this.#enter("audit");
    this.#finalState = await readFinalState(audit, context, this.#options.plan.arrivals.count);
    folder.writeFinalState(this.#finalState);
    const [registers, items] = [this.#finalState.registers.length, this.#finalState.items.length];
    this.#emit({ atMs: this.#now(), type: "audited", registers, items, atRest: isAtRest });
  }

  /** Waits for rest, and keeps what was left, also where the audit fails. */
  async #rest(context: AuditContext, limitMs: number): Promise<boolean> {
    const { audit } = this.#options.scenario;
    const steady = lastGauges(this.#events, "steady");
    const watches = this.#watch!;
    const waited = await waitForRest({ audit, context, limitMs, steady, state: () => watches.now() });
    this.#emit({ atMs: this.#now(), type: "rest", ...waited.rest });
    if ("error" in waited) throw waited.error;
    this.#reasons.push(...notAtRest(waited.rest));
    return waited.rest.isAtRest === true;
  }

  async #gauge(when: "steady" | "rest", system: RunningSystem): Promise<void> {
    const { audit } = this.#options.scenario;
    const context = this.#auditContext(system, auditWithinMs);
    const read = (): Promise<RunEvent> => readGauges(when, { system, audit, context, now: this.#now });
    this.#emit(when === "rest" ? await readUntilShrunk(this.#events, read) : await read());
  }

  /** What the faults have changed for good is told as what a clean-up could not undo. */
  async #compare(system: RunningSystem, before: Snapshot): Promise<void> {
    this.#leftChanged = await leftChanged(system, before);
    for (const text of this.#leftChanged) this.#emit({ atMs: this.#now(), type: "error", text });
  }

  #auditContext(system: RunningSystem, withinMs: number): AuditContext {
    const { scenario, folder } = this.#options;
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(withinMs)]);
    return auditContextOf(scenario, { addresses: system.direct, runToken: runTokenOf(folder.id), signal });
  }

  /** An audit that throws is the scenario's, or its system's, trouble: the run cannot tell, and goes on to its end. */
  #auditFailed(error: unknown): void {
    this.#stop.signal.throwIfAborted();
    this.#reasons.push(`the audit failed: ${messageOf(error)}`);
    this.#emit({ atMs: this.#now(), type: "error", text: `the audit failed: ${messageOf(error)}` });
  }

  #enter(phase: RunPhase): void {
    this.#emit({ atMs: this.#now(), type: "phase", phase });
  }

  async #until(atMs: number): Promise<void> {
    await sleep(Math.max(0, atMs - this.#now()), undefined, { signal: this.#stop.signal });
  }

  #result({ error, versions, leftBroken }: StageEnd): RunResult {
    const { plan, folder } = this.#options;
    const [phases, generator, events, finalState] = [this.#phases, this.#generator, this.#events, this.#finalState];
    return {
      phases,
      generator,
      evidence: () => evidenceFrom({ plan, phases, generator, events, finalState, ...readOperations(folder) }),
      reasons: error === undefined ? this.#reasons : [messageOf(error), ...this.#reasons],
      versions,
      leftBroken: [...this.#leftChanged, ...leftBroken],
      ...(error === undefined ? {} : { error }),
    };
  }
}
