import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { attached } from "../../model/attached.ts";
import { container, system } from "../../model/system.ts";
import { askEngine } from "../../safety/engine-api.ts";
import { undoAll } from "../../safety/undo.ts";
import { imageSettings } from "../containers/settings.ts";
import { describeIn } from "../testing/here.ts";
import { Stand } from "../testing/stand.ts";
import { engine } from "../testing/worlds.ts";

// A container that runs already: somebody else's, which a run of `containers` stands in for.

const program = "require('node:http').createServer((_, r) => r.end('hello')).listen(8080)";
const theirs = system({
  name: "theirs",
  entry: "web",
  components: {
    web: container({
      image: imageSettings().images.service,
      command: ["node", "-e", program],
      port: 8080,
      readyPath: "/",
    }),
  },
});
const told = (at: string, name: string) =>
  system({
    name: "told",
    entry: "web",
    components: { web: attached({ kind: "http", at, container: name, readyPath: "/" }) },
  });

describeIn("containers", "of containers, one that is not ours", () => {
  let [owner, stand]: [Stand, Stand] = [] as never;
  let at: string;
  let name: string;
  beforeEach(async () => {
    [owner, stand] = [await Stand.open("containers"), await Stand.open("attach")];
    const { direct } = await owner.start(theirs);
    at = `127.0.0.1:${direct["web"]?.port}`;
    const filters = encodeURIComponent(JSON.stringify({ publish: [`${direct["web"]?.port}`] }));
    const { body } = await askEngine(engine(), "GET", `/containers/json?filters=${filters}`, 5000);
    name = (body as [{ Names: [string] }])[0].Names[0].slice(1);
  });
  afterEach(async () => {
    await stand.close();
    await owner.close();
  });

  test("stands still, goes on, and goes on by itself when the run is killed", async () => {
    const running = await stand.start(told(at, name));
    const [web] = running.control("pause", "web");
    onTestFinished(() => web?.resume());
    expect(await running.gauges()).toMatchObject({ "processes of web": 1 });
    await web?.pause();
    await web?.pause();
    expect(await web?.state()).toMatchObject({ state: "stopped", pid: expect.any(Number) });
    expect(await running.health()).toEqual({ web: "silent" });
    expect(await running.snapshot()).toMatchObject({ web: { process: "stopped" } });
    await web?.resume();
    await web?.resume();
    expect(await web?.state()).toMatchObject({ state: "running" });
    await web?.pause();
    expect(await undoAll(web!.undoPause())).toEqual([]);
    expect(await undoAll(web!.undoPause())).toEqual([]);
    await vi.waitFor(async () => expect(await running.health()).toEqual({ web: "ready" }), 10_000);
    await running.stop();
    expect(await (await fetch(`http://${at}/`)).text()).toBe("hello");
  });

  test("that is not there, is another's, or stands still already, is told", async () => {
    const refused = (place: string, whose: string) =>
      stand.start(told(place, whose)).then(
        () => "nothing",
        (error: { code: string }) => error.code,
      );
    expect(await refused(at, "nobody-made-this")).toBe("NO_SUCH_CONTAINER");
    expect(await refused(at, name.replace("-web-", "-toxiproxy-"))).toBe("CONTAINER_NOT_LISTENING");
    const [web] = (await stand.start(told(at, name))).control("pause", "web");
    await web?.pause();
    onTestFinished(() => web?.resume());
    const another = await Stand.open("attach");
    onTestFinished(() => another.close());
    const error = await another.start(told(at, name)).catch((caught: unknown) => caught);
    expect(String(error)).toContain("CONTAINER_NOT_RUNNING");
  });
});
