import { inspect } from "node:util";
import { type FaultlineError, messageOf, usageError } from "../model/errors.ts";

// The workload itself is at fault: nothing was sent, and nothing can be said of the system.

/**
 * A function of the workload threw.
 * @param where the operation in the scenario, as `workload.operations.buy`
 * @param id of the operation in the plan
 */
export function workloadThrew(where: string, id: number, cause: unknown): FaultlineError {
  const message = `no request could be made of operation ${id}: ${messageOf(cause)}`;
  const remedy = "Correct the operation: `request` gets a draw and returns method, path, and perhaps headers and body.";
  return usageError({ code: "WORKLOAD_THREW", where: `${where}.request`, message, remedy }, { cause });
}

/**
 * A function of the workload returned what HTTP cannot carry.
 * @param problem which field is wrong, and what it is
 */
export function badRequest(where: string, id: number, problem: string): FaultlineError {
  const message = `what it returned for operation ${id} is no request: ${problem}`;
  const remedy = 'Return { method: "GET", path: "/products/17" }, and perhaps headers and body, all of them strings.';
  return usageError({ code: "BAD_REQUEST", where: `${where}.request`, message, remedy });
}

const methods: ReadonlySet<unknown> = new Set(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]);

/** Which field of a request is wrong, and what it is; what characters HTTP allows in them is for undici to say. */
export function problemOfRequest(request: unknown): string | undefined {
  if (request instanceof Promise) return "it is a promise; `request` must not be async";
  if (typeof request !== "object" || request === null) return `it is ${shown(request)}`;
  const { method, path, headers, body } = request as Readonly<Record<string, unknown>>;
  if (!methods.has(method)) return `method is ${shown(method)}`;
  if (typeof path !== "string" || !path.startsWith("/")) return `path is ${shown(path)}, which does not start with "/"`;
  if (body !== undefined && typeof body !== "string") return `body is ${shown(body)}`;
  if (headers === undefined) return undefined;
  if (typeof headers !== "object" || headers === null || Array.isArray(headers)) return `headers is ${shown(headers)}`;
  const bad = Object.entries(headers).find(([, value]) => typeof value !== "string");
  return bad === undefined ? undefined : `headers[${JSON.stringify(bad[0])}] is ${shown(bad[1])}`;
}

const shown = (value: unknown): string => inspect(value, { depth: 0, breakLength: Infinity, maxStringLength: 60 });
