import type { Address } from "../model/environment.ts";
import { messageOf, usageError } from "../model/errors.ts";
import { seconds } from "../model/units.ts";
import { type Workload, workload } from "../model/workload.ts";

/** The smallest workload: one address, asked again and again. @throws FaultlineError BAD_URL */
export function urlWorkload(text: string): { readonly workload: Workload; readonly address: Address } {
  const url = parsed(text);
  const path = `${url.pathname}${url.search}`;
  return {
    address: { host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port || 80) },
    workload: workload({
      name: "url",
      perSecond: 100,
      keys: 1,
      sessions: 64,
      operations: {
        get: {
          weight: 1,
          effect: "none",
          deadline: seconds(2),
          request: () => ({ method: "GET", path }),
          judge: ({ status }) => ({ outcome: status >= 200 && status < 400 ? "ok" : "rejected" }),
        },
      },
    }),
  };
}

function parsed(text: string): URL {
  const bad = (message: string, options?: ErrorOptions): Error =>
    usageError({ code: "BAD_URL", where: "capacity", message, remedy: "Give one as http://127.0.0.1:8080/." }, options);
  let url: URL;
  try {
    url = new URL(text);
  } catch (error) {
    throw bad(`"${text}" is no URL: ${messageOf(error)}`, { cause: error });
  }
  if (url.protocol !== "http:") throw bad(`"${text}" is not http: the load goes unencrypted`);
  return url;
}
