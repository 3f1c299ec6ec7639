import { BrokenCircuitError, BulkheadRejectedError } from "cockatiel";
import {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  fastify,
  LogController,
} from "fastify";
import { OutcomeUnknown, Problem, Unavailable } from "../platform/errors.ts";
import type { Log } from "../platform/log.ts";

/** Every answer is due before this, whatever the parts behind it do; its clients' patience is a second. */
const handlerTimeoutMs = 880;

/** An HTTP server whose errors are all `application/problem+json` with a code, and that says who answered. */
export function createServer({ instance, log }: { instance: string; log: Log }): FastifyInstance {
  const server = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    handlerTimeout: handlerTimeoutMs,
    requestTimeout: 5000,
    connectionTimeout: 10_000,
    bodyLimit: 16 * 1024,
    // What is not as documented is refused, not bent into shape: `null` would be a price of 0.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    // On shutdown, connections that are being answered are let finish and the idle ones are closed.
    forceCloseConnections: "idle",
    // A request that still comes on one of them is served, and its connection closed with the answer.
    return503OnClosing: false,
  });
  server.addHook("onRequest", async (_request, reply) => {
    reply.header("x-instance", instance);
  });
  server.setNotFoundHandler((_request, reply) => sendProblem(reply, 404, "not-found", "there is nothing at this path"));
  server.setErrorHandler((error: unknown, request, reply) => {
    const { status, code, detail } = describe(error);
    if (status === 500) request.log.error({ err: error, url: request.url }, "a request failed");
    return sendProblem(reply, status, code, detail);
  });
  return server;
}

export function sendProblem(reply: FastifyReply, status: number, code: string, detail: string): FastifyReply {
  return reply.code(status).type("application/problem+json").send({ status, code, detail });
}

function describe(error: unknown): { status: number; code: string; detail: string } {
  if (error instanceof Problem) return { status: error.status, code: error.code, detail: error.message };
  if (error instanceof Unavailable) {
    return { status: 503, code: "unavailable", detail: `${error.dependency} is not available; nothing was changed` };
  }
  if (error instanceof OutcomeUnknown) {
    return { status: 504, code: "outcome-unknown", detail: "the change may have been made; read before you repeat it" };
  }
  if (error instanceof BulkheadRejectedError || error instanceof BrokenCircuitError) {
    return { status: 503, code: "overloaded", detail: "too many requests are being worked on" };
  }
  const { code = "", statusCode = 500, message = "" } = error as Partial<FastifyError>;
  if (code === "FST_ERR_HANDLER_TIMEOUT") {
    return { status: 504, code: "outcome-unknown", detail: "the answer was not ready in time" };
  }
  if (statusCode >= 400 && statusCode < 500) return { status: statusCode, code: "invalid-request", detail: message };
  return { status: 500, code: "internal", detail: "the request failed for a reason of our own" };
}
