import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { statedDuration } from "../model/quantities.ts";
import type { UndoStep } from "../model/undo.ts";

type AskRedis = Extract<UndoStep, { do: "askRedis" }>;

/**
 * Says commands to a Redis server whose answers are single lines, as those of `CONFIG SET` are. By hand, since the watchdog
 * imports nothing that is not Faultline's own or Node's. A server that is gone keeps none of what it was told.
 * @throws with the server's words when it refuses, and when there is no answer in time
 */
export function askRedis(step: AskRedis, deadlineMs: number): Promise<void> {
  const commands = [...logIn(step), ...step.commands];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect(step.port, step.host);
  let said = "";
  const timer = setTimeout(() => reject(new Error(`no answer in ${statedDuration(deadlineMs)}`)), deadlineMs);
  socket.once("connect", () => socket.write(commands.map(encoded).join("")));
  socket.on("data", (part) => {
    said += part.toString("utf8");
    const lines = said.split("\r\n").slice(0, -1);
    const refused = lines.find((line) => line.startsWith("-"));
    if (refused !== undefined) reject(new Error(refused.slice(1)));
    else if (lines.length >= commands.length) resolve();
  });
  socket.once("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "ECONNREFUSED") resolve();
    else reject(error);
  });
  socket.once("close", () => reject(new Error("it closed the connection without an answer")));
  return promise.finally(() => {
    clearTimeout(timer);
    socket.destroy();
  });
}

function logIn({ user, passwordFile }: AskRedis): readonly (readonly string[])[] {
  if (passwordFile === undefined) return [];
  return [["AUTH", ...(user === undefined ? [] : [user]), readFileSync(passwordFile, "utf8")]];
}

/** As an array of bulk strings (RESP): nothing in a value can be taken for a command. */
const encoded = (command: readonly string[]): string =>
  `*${command.length}\r\n${command.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;
