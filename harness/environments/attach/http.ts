import type { AttachedHttp } from "../../model/attached.ts";
import type { ComponentDefinition } from "../../model/system.ts";
import { httpGet, httpHealth } from "../../network/http-probe.ts";
import type { AttachDriver } from "../../pack/attach-driver.ts";

const settingsOf = ({ settings }: ComponentDefinition) =>
  settings as unknown as Pick<AttachedHttp, "readyPath" | "livePath">;

const isPath = (value: unknown): boolean => typeof value === "string" && /^\/[^\s#]*$/.test(value);

export const httpKind: AttachDriver = {
  kind: "http",
  problems: ({ readyPath, livePath = readyPath }) => {
    const wrong = isPath(readyPath) ? (isPath(livePath) ? [] : ["livePath"]) : ["readyPath"];
    return wrong.map((setting) => ({ setting, remedy: `Give a path that answers 200, as ${setting}: "/health".` }));
  },
  greeting(definition) {
    const { readyPath, livePath } = settingsOf(definition);
    return httpGet(livePath ?? readyPath);
  },
  health: ({ address, definition }, deadlineMs) => httpHealth(address, settingsOf(definition).readyPath, deadlineMs),
};
