import type { LoadCounts } from "../load/options.ts";
import type { RunEvent, RunPhase } from "../model/events.ts";
import { outcomes } from "../model/history.ts";
import { Histogram } from "../model/measure/histogram.ts";
import type { Plan } from "../model/plan.ts";
import { duration } from "../report/format.ts";
import { plain } from "../report/text.ts";
import type { Output } from "./output.ts";

/** What is known of a run that is under way. Times in ms on the run's clock. */
export interface ScreenState {
  readonly plan: Plan;
  readonly nowMs: number;
  /** When each phase began. */
  readonly phases: ReadonlyMap<RunPhase, number>;
  /** Faults that act now: what they are called, and how long their proof took. */
  readonly acting: ReadonlyMap<string, { readonly title: string; readonly provenInMs?: number }>;
  /** By outcome code, until now. */
  readonly counts: readonly number[];
  /** Operations per second that were ok, and that were not, in the last looks, the oldest first. */
  readonly rates: readonly { readonly ok: number; readonly bad: number }[];
  /** How long those took that ended ok, in the same looks; NaN where none did. */
  readonly latencies: readonly { readonly p50Ms: number; readonly p99Ms: number }[];
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
  const faults = [...acting.values()].map(({ title, provenInMs }) =>
    provenInMs === undefined ? `${title}, not proven yet` : `${title}, proven in ${Math.round(provenInMs)} ms`,
  );
  return [`${minutes(atMs)}/${minutes(totalMs)} ${cells.join("")}`, ...faults].join("  ");
}

const minutes = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
};

function countsLine({ counts, rates }: ScreenState): string {
  const told = outcomes.flatMap((outcome, code) => {
    const count = counts[code] ?? 0;
    return count > 0 || outcome === "ok" ? [`${outcome} ${count.toLocaleString("en-US")}`] : [];
  });
  const most = Math.max(1, ...rates.map(({ ok, bad }) => Math.max(ok, bad)));
  const line = (of: "ok" | "bad"): string => rates.map((rate) => sparkOf(rate[of] / most)).join("");
  const bad = rates.some((rate) => rate.bad > 0) ? `  not ok ${line("bad")}` : "";
  return `${Math.round(rates.at(-1)?.ok ?? 0)}/s ok ${line("ok")}${bad}   ${told.join("  ")}`;
}

/** Of the last second; the promise is the tightest that a workload makes. */
function latencyLine({ plan, latencies }: ScreenState): string {
  const { p50Ms, p99Ms } = latencies.at(-1) ?? { p50Ms: Number.NaN, p99Ms: Number.NaN };
  const most = Math.max(1, ...latencies.map((one) => one.p99Ms).filter(Number.isFinite));
  const line = latencies.map((one) => (Number.isNaN(one.p99Ms) ? " " : sparkOf(one.p99Ms / most))).join("");
  const promised = Math.min(...plan.workloads.flatMap(({ slo }) => slo?.withinMs ?? []));
  const kept = Number.isNaN(p99Ms) || !Number.isFinite(promised) ? "" : p99Ms <= promised ? " ✓" : " ✗";
  const slo = Number.isFinite(promised) ? `   SLO ${duration(promised)}${kept}` : "";
  return `p50 ${duration(p50Ms)}  p99 ${duration(p99Ms)} ${line}${slo}`;
}

/** Nothing is the lowest, and something is never nothing. */
const sparkOf = (share: number): string =>
  share <= 0 ? sparks[0]! : sparks[Math.min(sparks.length - 1, 1 + Math.floor(share * (sparks.length - 1)))]!;

/** Keeps what a screen shows. */
export class ScreenKeeper {
  readonly #plan: Plan;
  readonly #phases = new Map<RunPhase, number>();
  readonly #acting = new Map<string, { title: string; provenInMs?: number }>();
  readonly #rates: { ok: number; bad: number }[] = [];
  readonly #latencies: { p50Ms: number; p99Ms: number }[] = [];
  #counts: readonly number[] = [];
  #recentOk = new Histogram();
  #looked: { readonly atMs: number; readonly ok: number; readonly all: number } | undefined;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  observe(event: RunEvent): void {
    if (event.type === "phase") this.#phases.set(event.phase, event.atMs);
    if (event.type === "inject") this.#acting.set(event.injection, { title: event.title });
    if (event.type === "heal") this.#acting.delete(event.injection);
    const acting = event.type === "proven" ? this.#acting.get(event.injection) : undefined;
    if (event.type === "proven" && acting !== undefined)
      acting.provenInMs = Math.max(acting.provenInMs ?? 0, event.tookMs);
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
        this.#rates.push({ ok: (ok - before.ok) * perMs, bad: (all - ok - (before.all - before.ok)) * perMs });
        this.#latencies.push({ p50Ms: this.#recentOk.percentile(0.5), p99Ms: this.#recentOk.percentile(0.99) });
      }
      this.#recentOk = new Histogram();
      for (const line of [this.#rates, this.#latencies]) if (line.length > barCells) line.shift();
      this.#looked = { atMs: nowMs, ok, all };
    }
    return {
      plan: this.#plan,
      nowMs,
      phases: this.#phases,
      acting: this.#acting,
      counts: this.#counts,
      rates: this.#rates,
      latencies: this.#latencies,
    };
  }
}
