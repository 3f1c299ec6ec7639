import type { Job } from "faultline";
import { writerOf } from "./shop-api.ts";

/** An order, with what was made of it. */
export interface OrderRow {
  /** Its idempotency key. */
  readonly key: string;
  readonly status: "pending" | "fulfilled" | "dead";
  /** How often it was sold. */
  readonly effects: number;
  /** How many failures its dead letter tells of; null without one that still waits for an operator. */
  readonly failures: number | null;
  /** How many dead letters it has that still wait for an operator. */
  readonly letters: number;
  /** How often its job was tried until it was sold; null where none was. */
  readonly attempts: number | null;
}

/** The system notes this many failures of a job, the last ones: with as many, nobody knows how many there were. */
const noted = 10;
const attemptsAllowed = 40;

/** Orders as jobs, by the operation that asked for them: one that was taken twice has the effects of both. */
export function jobsOf(orders: readonly OrderRow[]): readonly Job[] {
  const byKey = Map.groupBy(orders, ({ key }) => key);
  return [...byKey].flatMap(([key, same]) => {
    const { value: id } = writerOf(key);
    if (id === undefined) return [];
    const effects = same.reduce((sum, order) => sum + order.effects, 0);
    const states = new Set(same.flatMap(statesOf));
    const failures = Math.max(...same.map((order) => order.failures ?? 0));
    const letters = same.reduce((sum, order) => sum + order.letters, 0);
    const attempts = Math.max(...same.map((order) => order.attempts ?? 0));
    return [...states].map((state) => ({
      id,
      state,
      effects,
      ...(state === "dead" ? { letters } : {}),
      ...(state === "dead" && failures < noted ? { attempts: failures, attemptsAllowed } : {}),
      ...(state === "completed" && attempts > 0 ? { attempts, attemptsAllowed } : {}),
    }));
  });
}

/** An order that says that it is dead, and of which there is no letter, is in no state: nobody could send it again. */
function statesOf({ status, failures }: OrderRow): readonly Job["state"][] {
  const own = status === "fulfilled" ? (["completed"] as const) : status === "pending" ? (["pending"] as const) : [];
  return failures === null ? own : [...own, "dead"];
}

/** Each idempotency key of ours, with how many orders have it. */
export function itemsOf(orders: readonly OrderRow[]): readonly { readonly id: number; readonly count: number }[] {
  const byKey = Map.groupBy(orders, ({ key }) => key);
  return [...byKey].flatMap(([key, same]) => {
    const { value: id } = writerOf(key);
    return id === undefined ? [] : [{ id, count: same.length }];
  });
}
