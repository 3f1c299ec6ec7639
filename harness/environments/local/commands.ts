import { accessSync, constants, existsSync, statSync } from "node:fs";
import { basename, delimiter, join, resolve } from "node:path";
import type { Problem } from "../../model/errors.ts";
import type { System } from "../../model/system.ts";

/** Programs of services that are not on this machine: told before anything starts, with where they were looked for. */
export function problemsOfCommands({ components }: System): readonly Problem[] {
  return Object.entries(components).flatMap(([name, { kind, settings, attached }]) => {
    if (kind !== "service" || attached !== undefined) return [];
    return ["command", "prepare"].flatMap((field) => {
      const words = settings[field] as readonly string[] | undefined;
      const why = words === undefined ? undefined : whyMissing(words);
      return why === undefined
        ? []
        : [{ code: "COMMAND_NOT_FOUND", where: `system.components.${name}.${field}`, ...why }];
    });
  });
}

function whyMissing([program = "", ...words]: readonly string[]): Pick<Problem, "message" | "remedy"> | undefined {
  if (!isFound(program)) {
    const message = `runs "${program}", which is ${program.includes("/") ? "no program" : "nowhere in PATH"}`;
    return { message, remedy: "Install it, or give its path from the folder in which Faultline runs." };
  }
  const script =
    basename(program).replace(/\.exe$/, "") === "node" ? words.find((word) => !word.startsWith("-")) : undefined;
  if (script === undefined || !/\.[cm]?[jt]s$/.test(script) || existsSync(resolve(script))) return undefined;
  return {
    message: `runs node with "${script}", which does not exist`,
    remedy: `Give its path from ${process.cwd()}.`,
  };
}

function isFound(program: string): boolean {
  if (program.includes("/")) return isProgram(resolve(program));
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => isProgram(join(folder || ".", program)));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
