import type { ComponentDefinition, ServiceSettings } from "../../model/system.ts";
import { httpGet, httpHealth } from "../../network/http-probe.ts";
import { type Exchange, probe } from "../../network/probe.ts";
import type { ComponentKind } from "../../pack/component-kind.ts";

export const serviceSettings = (definition: ComponentDefinition): ServiceSettings =>
  definition.settings as unknown as ServiceSettings;

export const serviceKind: ComponentKind = {
  kind: "service",
  async isReady({ address, definition }, deadlineMs) {
    return (await probe(address, httpGet(serviceSettings(definition).readyPath), deadlineMs)).answered;
  },
  health: ({ address, definition }, deadlineMs) =>
    httpHealth(address, serviceSettings(definition).readyPath, deadlineMs),
  async date({ address, definition }, deadlineMs): Promise<number | undefined> {
    const { livePath, readyPath } = serviceSettings(definition);
    let date: number | undefined;
    const dated: Exchange = {
      ...httpGet(livePath ?? readyPath),
      understands(reply) {
        const told = /^date: (.+?)\r$/im.exec(reply.toString("latin1"))?.[1];
        if (told !== undefined) date = Date.parse(told);
        return told !== undefined;
      },
    };
    await probe(address, dated, deadlineMs);
    return date;
  },
  greeting(definition) {
    const { livePath, readyPath } = serviceSettings(definition);
    return httpGet(livePath ?? readyPath);
  },
};
