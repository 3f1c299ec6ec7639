import type { Problem } from "../model/errors.ts";
import type { ComponentDefinition, ContainerSettings } from "../model/system.ts";

/** @param isReached whether the load or another component is to reach it @returns problems with `where` relative to it */
type SettingsProblems = (component: ComponentDefinition, isReached: boolean) => readonly Problem[];

/** Kind → what is wrong with such a component's settings; for kinds that any environment may start. */
export const settingsProblems: Readonly<Record<string, SettingsProblems>> = { container: problemsOfContainer };

/** As registries allow it: a name, perhaps with a host before it, a tag and a digest behind it. */
const imageName = /^[a-z0-9][\w./:-]*(?:@sha256:[0-9a-f]{64})?$/;

function problemsOfContainer({ settings }: ComponentDefinition, isReached: boolean): readonly Problem[] {
  const { image, command, environment, port, readyPath } = settings as unknown as Partial<ContainerSettings>;
  const problems: Problem[] = [];
  const unless = (isRight: boolean, name: keyof ContainerSettings, remedy: string): void => {
    const value = settings[name];
    const message = `is ${JSON.stringify(value) ?? "missing"}`;
    if (!isRight) problems.push({ code: "BAD_SETTING", where: name, message, remedy });
  };
  const isText = (value: unknown): boolean => typeof value === "string";
  unless(isText(image) && imageName.test(String(image)), "image", 'Give the name of an image, as "example/web:1.4".');
  const isCommand = command === undefined || (Array.isArray(command) && command.length > 0 && command.every(isText));
  unless(isCommand, "command", 'Give a list of words, as ["node", "server.js"].');
  const isMap = environment === undefined || (typeof environment === "object" && environment !== null);
  const values = isMap ? Object.values(environment ?? {}) : [];
  unless(isMap && values.every(isText), "environment", 'Give texts by name, as { LOG_LEVEL: "info" }.');
  const isPort = port === undefined || (Number.isInteger(port) && port >= 1 && port <= 65_535);
  unless(isPort, "port", "Give where it listens inside the container, from 1 to 65535.");
  const isPath = readyPath === undefined || (isText(readyPath) && readyPath.startsWith("/") && port !== undefined);
  unless(isPath, "readyPath", 'Give a path of its port, as "/health".');
  if (isReached && port === undefined) {
    const remedy = "Say where it listens inside the container, as port: 8080.";
    problems.push({ code: "NO_PORT", where: "port", message: "is missing, and others are to reach it", remedy });
  }
  return problems;
}
