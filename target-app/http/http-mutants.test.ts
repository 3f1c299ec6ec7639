import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import type { MutantName } from "../mutants.ts";
import { createLog } from "../platform/log.ts";
import { both, withMutant } from "../testing/mutant.ts";

// Each seeded bug of the HTTP server: the same steps show it with the bug, and nothing without it.

async function openServer(who: MutantName | "correct") {
  const { createServer, addHealth } = await withMutant(who, async () => ({
    ...(await import("./server.ts")),
    ...(await import("./health.ts")),
  }));
  const server = createServer({ instance: "test", log: createLog({ logLevel: "silent", instance: "test" }) });
  return { server, addHealth };
}

it("cuts-open-answers: what is being worked on when the server closes gets no answer", async () => {
  const seen = await both("cuts-open-answers", async (who) => {
    const { server } = await openServer(who);
    const begun = Promise.withResolvers<void>();
    server.get("/slow", async () => {
      begun.resolve();
      await sleep(200);
      return {};
    });
    const url = await server.listen({ host: "127.0.0.1", port: 0 });
    const answer = fetch(`${url}/slow`).then(
      ({ status }) => status,
      () => "cut",
    );
    await begun.promise;
    await server.close();
    return answer;
  });
  expect(seen).toEqual({ mutant: "cut", correct: 200 });
});

it("live-needs-database: a process that lacks its database says that it is not live", async () => {
  const seen = await both("live-needs-database", async (who) => {
    const { server, addHealth } = await openServer(who);
    addHealth(server, { needed: { postgres: () => Promise.reject(new Error("it is away")) } });
    return (await server.inject("/livez")).statusCode === 200;
  });
  expect(seen).toEqual({ mutant: false, correct: true });
});
