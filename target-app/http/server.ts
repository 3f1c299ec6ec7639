import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { BrokenCircuitError, BulkheadRejectedError } from "cockatiel";
import {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from "fastify";
import { mutated } from "../mutants.ts";
import { boundedBy } from "../platform/deadline.ts";
import { OutcomeUnknown, Problem, Unavailable } from "../platform/errors.ts";
import type { Log } from "../platform/log.ts";

/** Every answer is due before this, whatever the parts behind it do; its clients' patience is a second. */
const handlerTimeoutMs = 880;
/** The parts get a little less, so that the answer tells what they said. */
const workMs = 840;

export interface ServerOptions {
  readonly instance: string;
  readonly log: Log;
  /** More requests at once than this would only wait for each other: they are refused while that is cheap. */
  readonly mostAtOnce?: number;
}

/** An HTTP server whose errors are all `application/problem+json` with a code, and that says who answered. */
export function createServer({ instance, log, mostAtOnce = Number.POSITIVE_INFINITY }: ServerOptions): FastifyInstance {
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
    forceCloseConnections: mutated("cuts-open-answers") ? true : "idle",
    // A request that still comes on one of them is served, and its connection closed with the answer.
    return503OnClosing: false,
    // Whoever sends an id finds it in our logs; it is checked, for it gets into them as it is.
    requestIdHeader: false,
    genReqId: ({ headers: { "x-request-id": given } }) =>
      typeof given === "string" && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID(),
    // A path that can't be decoded, or with a part that is longer than any of ours: refused before hooks and routes.
    frameworkErrors: (error, request, reply) => {
      reply.header("x-instance", instance).header("x-request-id", request.id);
      sendProblem(reply, { ...describe(error), status: 400 });
    },
    clientErrorHandler: refuseUnparsed,
  });
  // A text would be parsed, too, and found not to be an object: what is not JSON is told so.
  server.removeContentTypeParser("text/plain");
  server.addHook("onRequest", async (request, reply) => {
    reply.header("x-instance", instance).header("x-request-id", request.id);
    // Not by a handler, which would come after the body was read, and that may have been refused.
    if (request.is404) throw new Problem(404, "not-found", "there is nothing at this path");
  });
  shedLoad(server, mostAtOnce);
  closeWithLastAnswers(server);
  // After the body was read: events of the socket have no part in the request's context.
  server.addHook("preHandler", (request, _reply, done) => boundedBy(patienceOf(request), done));
  server.setErrorHandler((error: unknown, request, reply) => {
    const description = describe(error);
    if (description.status === 500) request.log.error({ err: error, url: request.url }, "a request failed");
    return sendProblem(reply, description);
  });
  return server;
}

/** The body of every refusal; `code` is what programs go by, and does not change. */
export interface ProblemBody {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** What in the request is not as it should be, as `body/priceCents`. */
  readonly field?: string;
}

export function sendProblem(reply: FastifyReply, problem: ProblemBody): FastifyReply {
  if (problem.status === 503) reply.header("retry-after", "1");
  return reply.code(problem.status).type("application/problem+json").send(problem);
}

/** Before anything is read of it: a request that is refused must cost next to nothing. */
function shedLoad(server: FastifyInstance, mostAtOnce: number): void {
  let atOnce = 0;
  server.addHook("onRequest", async (request, reply) => {
    // Whether we are well must be told above all when we are not.
    if (request.routeOptions.config.scope === "public") return;
    if (atOnce >= mostAtOnce) throw new Problem(503, "overloaded", "too many requests are being worked on");
    atOnce += 1;
    reply.raw.once("close", () => {
      atOnce -= 1;
    });
  });
}

/**
 * Node closes the connections that are idle when the server closes. One that is being answered then would stay open after
 * the answer for as long as it is kept alive, and the shutdown would wait for it in vain; its client might use it once more.
 */
function closeWithLastAnswers(server: FastifyInstance): void {
  let isClosing = false;
  server.addHook("preClose", async () => {
    isClosing = true;
  });
  server.addHook("onSend", async (_request, reply) => {
    if (isClosing) reply.header("connection", "close");
  });
}

const unparsed: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };

/** What is no HTTP, or too much or too slow of it: there is no request yet, only the connection. */
function refuseUnparsed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const status = unparsed[error.code ?? ""] ?? 400;
  const problem: ProblemBody = { status, code: "invalid-request", detail: "the request could not be read as HTTP" };
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "connection: close",
    "content-type: application/problem+json",
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  if (socket.writable) socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  socket.destroy(error);
}

/** How long the client said that it waits, in ms; at most as long as we take anyway. */
function patienceOf({ headers: { "x-timeout-ms": given } }: FastifyRequest): number {
  const patienceMs = Number(given ?? workMs);
  return patienceMs > 0 ? Math.min(patienceMs, workMs) : workMs;
}

function describe(error: unknown): ProblemBody {
  if (error instanceof Problem) {
    const { status, code, message: detail, field } = error;
    return { status, code, detail, ...(field === undefined ? {} : { field }) };
  }
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
  if (statusCode >= 400 && statusCode < 500) {
    return { status: statusCode, code: "invalid-request", detail: message, ...fieldOf(error as FastifyError) };
  }
  return { status: 500, code: "internal", detail: "the request failed for a reason of our own" };
}

/** Of the first part that is not as the route's schema says. */
function fieldOf({ validation, validationContext }: FastifyError): { field?: string } {
  const [first] = validation ?? [];
  if (first === undefined) return {};
  const { missingProperty, additionalProperty } = first.params as { [name: string]: string | undefined };
  const missing = missingProperty ?? additionalProperty;
  return { field: `${validationContext}${first.instancePath}${missing === undefined ? "" : `/${missing}`}` };
}
