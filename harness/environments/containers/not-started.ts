import { messageOf, systemError } from "../../model/errors.ts";
import type { Started } from "../system/ready.ts";

/** What the engine says of a program that is not there, and of a port that somebody else has. */
export function notStarted({ name, command }: Started, error: unknown): unknown {
  const message = messageOf(error);
  if (/executable file not found|no such file or directory|permission denied/i.test(message)) {
    const remedy = "Check the command of the component, and that the image has the program.";
    return systemError(
      { code: "COMMAND_NOT_STARTED", where: name, message: `${command}: ${message}`, remedy },
      { cause: error },
    );
  }
  if (/port is already allocated|address already in use/i.test(message)) {
    const remedy = "End that program, or leave `port` out, so that a free one is chosen.";
    return systemError({ code: "PORT_TAKEN", where: name, message, remedy }, { cause: error });
  }
  return systemError(
    { code: "CONTAINER_NOT_STARTED", where: name, message, remedy: "Look at what the container engine says of it." },
    { cause: error },
  );
}
