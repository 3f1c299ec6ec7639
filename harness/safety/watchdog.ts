/**
 * The watchdog: a process of its own that outlives the runner. It waits on a pipe whose other end the runner holds; when
 * the pipe closes without the word `done`, the runner is dead, and the watchdog undoes what the journal says is open.
 * Started by `startWatchdog` as `node watchdog.ts <journal>`; what it imports at its start is Faultline's own or Node's.
 */
import { appendFileSync } from "node:fs";
import { messageOf } from "../model/errors.ts";
import { pendingSteps } from "./journal.ts";
import { undoAll } from "./undo.ts";

const [journal = ""] = process.argv.slice(2);

// A closed terminal or a Ctrl-C meant for the runner must not take the one who cleans up.
for (const signal of ["SIGINT", "SIGHUP", "SIGTERM", "SIGQUIT"] as const) process.on(signal, () => undefined);

process.stdout.on("error", () => undefined);
process.stdout.write("ready\n");

let said = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (text: string) => {
  said += text;
});
process.stdin.on("error", () => undefined);
process.stdin.on("close", () => {
  if (said.includes("done")) return;
  void cleanUp();
});

async function cleanUp(): Promise<void> {
  const failures = await undoAll(pendingSteps(journal));
  const lines = failures.map(({ step, error }) => `${JSON.stringify({ watchdog: messageOf(error), step })}\n`);
  if (lines.length > 0) appendFileSync(journal, lines.join(""));
}
