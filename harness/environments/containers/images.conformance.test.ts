import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describeIn } from "../testing/here.ts";
import { connectToEngine } from "./engine.ts";
import { ensureImages } from "./images.ts";
import { imageSettings } from "./settings.ts";

// A registry that knows an image and has lost what it consists of: it is found out only after the pull has begun.

const digest = `sha256:${"0".repeat(64)}`;
const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: "application/vnd.docker.distribution.manifest.v2+json",
  config: { mediaType: "application/vnd.docker.container.image.v1+json", size: 2, digest },
  layers: [{ mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip", size: 2, digest }],
});

describeIn("containers", "in containers, an image that breaks off", () => {
  let registry: Server;
  let name: string;
  /** Answers nothing more once it has been asked for the manifest. */
  let isSlow = false;
  beforeEach(async () => {
    isSlow = false;
    registry = createServer(({ url = "" }, response) => {
      if (url.includes("/manifests/")) {
        response.setHeader("content-type", "application/vnd.docker.distribution.manifest.v2+json");
        response.end(manifest);
      } else if (url.includes("/blobs/")) {
        if (!isSlow) response.writeHead(404).end();
      } else response.end("{}");
    });
    await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
    name = `127.0.0.1:${(registry.address() as AddressInfo).port}/shop:7`;
  });
  afterEach(() => {
    registry.closeAllConnections();
    registry.close();
  });
  const settings = (pull: "missing" | "always") => ({ ...imageSettings(), pull });
  const wanted = () => [{ image: { name }, where: "system.components.web.image" }];
  const never = new AbortController().signal;

  test("is told with what the engine said of it", async () => {
    const engine = await connectToEngine();
    const asked = ensureImages(engine, settings("missing"), wanted(), never);
    await expect(asked).rejects.toThrow(/could not be pulled from 127\.0\.0\.1.*unknown blob.*IMAGE_NOT_TO_BE_HAD/s);
  });

  test("is told too where an older one is there and a newer one is wanted", async () => {
    const engine = await connectToEngine();
    const { dockerode } = engine.client.container;
    const [repo, tag] = [name.slice(0, name.lastIndexOf(":")), "7"];
    await dockerode.getImage(imageSettings().images.redis).tag({ repo, tag });
    try {
      await ensureImages(engine, settings("missing"), wanted(), never);
      await expect(ensureImages(engine, settings("always"), wanted(), never)).rejects.toThrow("IMAGE_NOT_TO_BE_HAD");
    } finally {
      await dockerode.getImage(name).remove();
    }
  });

  test("is not waited for after Ctrl-C", async () => {
    isSlow = true;
    const engine = await connectToEngine();
    const stop = new AbortController();
    const asked = ensureImages(engine, settings("missing"), wanted(), stop.signal);
    setTimeout(() => stop.abort(), 500);
    await expect(asked).rejects.toMatchObject({ name: "AbortError" });
  });
});
