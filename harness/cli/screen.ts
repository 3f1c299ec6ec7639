import type { LoadCounts } from "../load/options.ts";
import type { RunEvent, RunPhase } from "../model/events.ts";
import { outcomes } from "../model/history.ts";
import { Histogram } from "../model/measure/histogram.ts";
import type { Plan } from "../model/plan.ts";
import { count, duration, rate, statedDuration, statedPercent, stopwatch } from "../model/quantities.ts";
import { plain } from "../report/text.ts";
import type { Output } from "./output.ts";

/** What is known of a run that is under way. Times in ms on the run's clock. */
export interface ScreenState {
  readonly plan: Plan;
  /** The titles of the scenario's checks. */
  readonly checks: readonly string[];
  readonly nowMs: number;
  /** When each phase began. */
  readonly phases: ReadonlyMap<RunPhase, number>;
  /** Faults that act now, by their injection. */
  readonly acting: ReadonlyMap<string, Acting>;
  /** By outcome code, until now. */
  readonly counts: readonly number[];
  /** Operations per second that were ok, and that were not, in the last looks, the oldest first. */
  readonly rates: readonly { readonly ok: number; readonly bad: number }[];
  /**
   * How long those took that ended ok, in the same looks; NaN where none did. And whether enough of all that ended were
   * ok within the promised time; undefined where nothing ended, or nothing is promised.
   */
  readonly latencies: readonly {
    readonly p50Ms: number;
    readonly p99Ms: number;
    readonly isKept: boolean | undefined;
  }[];
}

/** What it is called, when it was injected, and how long its proof took. */
interface Acting {
  readonly title: string;
  readonly fromMs: number;
  readonly provenInMs?: number;
}

const barCells = 30;
const sparks = "▁▂▃▄▅▆▇█";

/** The lines that stand at the end of a terminal while a run is under way, none wider than it. */
export function screenLines(state: ScreenState, width: number, colours: Output["colours"]): readonly string[] {
  const fits = (text: string): string =>
    plain(text)
      .replace(/[\n\t]/g, " ")
      .slice(0, Math.max(0, width - 1));
  return [
    "",
    colours.bold(fits(phasesLine(state))),
    fits(clockLine(state)),
    fits(countsLine(state)),
    fits(latencyLine(state)),
    ...(state.checks.length === 0 ? [] : [fits(`checks, judged at the end: ${state.checks.join(" · ")}`)]),
    colours.dim(fits("Ctrl-C: heal, then a partial report · twice: stop at once")),
  ];
}

const shown: readonly (readonly [RunPhase, string])[] = [
  ["provision", "up"],
  ["warmUp", "warm-up"],
  ["steady", "steady"],
  ["faults", "faults"],
  ["recovery", "recovery"],
  ["quiesce", "rest"],
  ["audit", "audit"],
];

/** What is over, what is under way, and what is to come. */
function phasesLine({ phases }: ScreenState): string {
  const begun = shown.map(([phase]) => phases.has(phase));
  const current = phases.has("tearDown") ? shown.length : begun.lastIndexOf(true);
  return shown.map(([, name], index) => `${index < current ? "✓" : index === current ? "▶" : "·"} ${name}`).join("  ");
}

/** How far the load is, where in it faults lie, and which act now. */
function clockLine({ plan, nowMs, phases, acting }: ScreenState): string {
  const totalMs = plan.phases.reduce((sum, { lengthMs }) => sum + lengthMs, 0);
  const startMs = phases.get("warmUp");
  const atMs = startMs === undefined ? 0 : Math.min(totalMs, nowMs - startMs);
  const faultsMs = plan.phases.slice(
    0,
    plan.phases.findIndex(({ phase }) => phase === "faults"),
  );
  const offsetMs = faultsMs.reduce((sum, { lengthMs }) => sum + lengthMs, 0);
  const cells = Array.from({ length: barCells }, (_, cell) => {
    const [fromMs, toMs] = [cell, cell + 1].map((edge) => (edge * totalMs) / barCells) as [number, number];
    const isStruck = plan.schedule.some(
      (one) => offsetMs + one.atMs < toMs && offsetMs + one.atMs + one.lastingMs > fromMs,
    );
    return atMs >= toMs ? (isStruck ? "▓" : "█") : isStruck ? "▒" : "░";
  });
  const faults = [...acting].map(([injection, { title, fromMs, provenInMs }]) => {
    const beganMs = fromMs - (startMs ?? 0);
    const lastingMs = plan.schedule.find(({ id }) => id === injection)?.lastingMs ?? 0;
    const proof = provenInMs === undefined ? "not proven yet" : `proven in ${duration(provenInMs)}`;
    return `${title} ${stopwatch(beganMs)}→${stopwatch(beganMs + lastingMs)}, ${proof}`;
  });
  return [`${stopwatch(atMs)}/${stopwatch(totalMs)} ${cells.join("")}`, ...faults].join("  ");
}

function countsLine({ counts, rates }: ScreenState): string {
  const parts = outcomes.flatMap((outcome, code) => {
    const seen = counts[code] ?? 0;
    return seen > 0 || outcome === "ok" ? [`${outcome} ${count(seen)}`] : [];
  });
  const most = Math.max(1, ...rates.map(({ ok, bad }) => Math.max(ok, bad)));
  const line = (of: "ok" | "bad"): string => rates.map((one) => sparkOf(one[of] / most)).join("");
  const bad = rates.some((one) => one.bad > 0) ? `  not ok ${line("bad")}` : "";
  return `${rate(rates.at(-1)?.ok ?? 0)} ok ${line("ok")}${bad}   ${parts.join("  ")}`;
}

/** Of the last second, and whether that second kept the promise: the whole run is judged at its end. */
function latencyLine({ plan, latencies }: ScreenState): string {
  const { p50Ms, p99Ms, isKept } = latencies.at(-1) ?? { p50Ms: Number.NaN, p99Ms: Number.NaN };
  const most = Math.max(1, ...latencies.map((one) => one.p99Ms).filter(Number.isFinite));
  const line = latencies.map((one) => (Number.isNaN(one.p99Ms) ? " " : sparkOf(one.p99Ms / most))).join("");
  const promise = promiseOf(plan);
  const kept = isKept === undefined ? "" : ` this second ${isKept ? "✓" : "✗"}`;
  const slo = promise && `   SLO ${statedPercent(promise.availability)} in ${statedDuration(promise.withinMs)}${kept}`;
  return `p50 ${duration(p50Ms)}  p99 ${duration(p99Ms)} ${line}${slo ?? ""}`;
}

/** The tightest that any workload makes; undefined when none does. */
function promiseOf({ workloads }: Plan): { readonly availability: number; readonly withinMs: number } | undefined {
  const all = workloads.flatMap(({ slo }) => slo ?? []);
  if (all.length === 0) return undefined;
  return {
    availability: Math.max(...all.map(({ availability }) => availability)),
    withinMs: Math.min(...all.map(({ withinMs }) => withinMs)),
  };
}

/** Whether enough of all that ended were ok in time; what was not ok never was. */
function isKeptBy(promise: ReturnType<typeof promiseOf>, ok: Histogram, bad: number): boolean | undefined {
  if (promise === undefined || ok.count + bad === 0) return undefined;
  const needed = promise.availability * (ok.count + bad);
  return needed <= ok.count && ok.percentile(needed / ok.count) <= promise.withinMs;
}

/** Nothing is the lowest, and something is never nothing. */
const sparkOf = (share: number): string =>
  share <= 0 ? sparks[0]! : sparks[Math.min(sparks.length - 1, 1 + Math.floor(share * (sparks.length - 1)))]!;

/** Keeps what a screen shows. */
export class ScreenKeeper {
  readonly #plan: Plan;
  readonly #checks: readonly string[];
  readonly #phases = new Map<RunPhase, number>();
  readonly #acting = new Map<string, Acting>();
  readonly #rates: { ok: number; bad: number }[] = [];
  readonly #latencies: ScreenState["latencies"][number][] = [];
  #counts: readonly number[] = [];
  #recentOk = new Histogram();
  #looked: { readonly atMs: number; readonly ok: number; readonly all: number } | undefined;

  constructor(plan: Plan, checks: readonly string[]) {
    this.#plan = plan;
    this.#checks = checks;
  }

  observe(event: RunEvent): void {
    if (event.type === "phase") this.#phases.set(event.phase, event.atMs);
    if (event.type === "inject") this.#acting.set(event.injection, { title: event.title, fromMs: event.atMs });
    if (event.type === "heal") this.#acting.delete(event.injection);
    const acting = event.type === "proven" ? this.#acting.get(event.injection) : undefined;
    if (event.type === "proven" && acting !== undefined) {
      const provenInMs = Math.max(acting.provenInMs ?? 0, event.tookMs);
      this.#acting.set(event.injection, { ...acting, provenInMs });
    }
  }

  count({ counts, recentOk }: Pick<LoadCounts, "counts" | "recentOk">): void {
    this.#counts = counts;
    this.#recentOk.merge(recentOk);
  }

  /** Called about as often as the screen is drawn. */
  look(nowMs: number): ScreenState {
    const [ok = 0, all] = [this.#counts[0], this.#counts.reduce((sum, count) => sum + count, 0)];
    const before = this.#looked;
    if (before === undefined || nowMs - before.atMs >= 1000) {
      const perMs = 1000 / Math.max(1, nowMs - (before?.atMs ?? 0));
      if (before !== undefined && this.#phases.has("warmUp")) {
        const bad = all - ok - (before.all - before.ok);
        this.#rates.push({ ok: (ok - before.ok) * perMs, bad: bad * perMs });
        const [p50Ms, p99Ms] = [0.5, 0.99].map((q) => this.#recentOk.percentile(q)) as [number, number];
        this.#latencies.push({ p50Ms, p99Ms, isKept: isKeptBy(promiseOf(this.#plan), this.#recentOk, bad) });
      }
      this.#recentOk = new Histogram();
      for (const line of [this.#rates, this.#latencies]) if (line.length > barCells) line.shift();
      this.#looked = { atMs: nowMs, ok, all };
    }
    return {
      plan: this.#plan,
      checks: this.#checks,
      nowMs,
      phases: this.#phases,
      acting: this.#acting,
      counts: this.#counts,
      rates: this.#rates,
      latencies: this.#latencies,
    };
  }
}
