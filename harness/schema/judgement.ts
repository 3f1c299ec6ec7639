import { z } from "zod";
import type { Effect, Judgement } from "../model/workload.ts";
import { choice, flag, hinted, number, whole } from "./fields.ts";

/**
 * What a `judge` or `perform` may return; `model/workload.ts` says what each field means. The load generator holds each of
 * some thousand answers a second to the same rules by hand (`load/judgement.ts`).
 */
export const judgementShape = {
  outcome: choice(["ok", "wrong", "rejected"] as const satisfies readonly Judgement["outcome"][]),
  version: number({ atLeast: 0, atMost: Number.MAX_SAFE_INTEGER }).optional(),
  // Ids are stored in 32 bits, of which one number says "none".
  value: whole({ atLeast: 0, below: 2 ** 32 - 1, unit: "(the id of a write)" }).optional(),
  absent: flag().optional(),
  notExecuted: flag().optional(),
  evidence: hinted(z.json(), "Give plain JSON, of at most 1 KiB.").optional(),
  granted: flag().optional(),
  detail: hinted(z.string(), "Give a few words.").optional(),
};

/** A judgement of an operation with this effect. */
export const judgementOf = (effect: Effect) =>
  z
    .strictObject(judgementShape)
    .refine(({ absent }) => absent !== true || effect === "read", {
      path: ["absent"],
      params: { message: `is said of a ${effect}`, remedy: "Leave it out: it is for reads." },
    })
    .refine(({ absent, outcome, value }) => absent !== true || (outcome !== "rejected" && value === undefined), {
      path: ["absent"],
      params: { message: "is said of a refusal, or beside a value", remedy: 'Give it with outcome: "ok", alone.' },
    })
    .refine(({ notExecuted, outcome }) => notExecuted !== true || outcome === "rejected", {
      path: ["notExecuted"],
      params: { message: "is said of what was not rejected", remedy: 'Give it with outcome: "rejected".' },
    });
