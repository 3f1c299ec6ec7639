import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer, { type Browser, type Page } from "puppeteer-core";

/** Where hostile texts try to call; there is no such host (RFC 6761). */
export const forbiddenHost = "evil.invalid";
/** The global, and the word on the console, that hostile texts leave behind when they run. */
export const sentinel = "faultlineWasHere";

/** How a page is looked at. Default: 1280 × 900, light, on a screen. */
export interface View {
  readonly width?: number;
  readonly height?: number;
  /** As a browser zooms: fewer and larger CSS pixels in the same window. */
  readonly zoom?: number;
  readonly scheme?: "light" | "dark";
  readonly media?: "screen" | "print";
}

/** What a page did that no report may do, in words. */
export interface Misdeeds {
  /** Dialogs, the sentinel as a global and on the console. */
  readonly executed: readonly string[];
  /** What it asked for, itself aside; all of it was refused. */
  readonly requests: readonly string[];
}

/**
 * A headless Chromium with a profile of its own, which reaches nothing but the page that it is given: what a page asks
 * for is refused and noted, and what leaves the browser on another way ends in a proxy of ours.
 */
export class ReportBrowser {
  readonly #folder: string;
  readonly #proxy: Server;
  readonly #browser: Browser;
  readonly #page: Page;
  readonly #executed: string[] = [];
  readonly #requests: string[] = [];
  readonly #connections: readonly string[];
  readonly #file: string;

  private constructor(parts: {
    folder: string;
    proxy: Server;
    browser: Browser;
    page: Page;
    connections: readonly string[];
  }) {
    this.#folder = parts.folder;
    this.#proxy = parts.proxy;
    this.#browser = parts.browser;
    this.#page = parts.page;
    this.#connections = parts.connections;
    this.#file = join(parts.folder, "report.html");
  }

  static async start(path: string): Promise<ReportBrowser> {
    const folder = mkdtempSync(join(tmpdir(), "faultline-browser-"));
    const connections: string[] = [];
    const proxy = await refusingProxy(connections);
    let browser: Browser | undefined;
    try {
      browser = await launch(path, folder, proxy);
      const page = await browser.newPage();
      const started = new ReportBrowser({ folder, proxy, browser, page, connections });
      await started.#watch();
      return started;
    } catch (error) {
      await end(browser, proxy, folder);
      throw error;
    }
  }

  async #watch(): Promise<void> {
    const page = this.#page;
    page.on("dialog", (dialog) => {
      this.#executed.push(`${dialog.type()}: ${dialog.message()}`);
      // The page may be gone by then.
      dialog.dismiss().catch(() => undefined);
    });
    page.on("console", (message) => {
      if (message.text().includes(sentinel)) this.#executed.push(`console: ${message.text()}`);
    });
    page.on("popup", (opened) => {
      this.#requests.push("a page of its own");
      opened?.close().catch(() => undefined);
    });
    await page.setRequestInterception(true);
    page.on("request", (request) => {
      if (request.url() === pathToFileURL(this.#file).href) return void request.continue();
      this.#requests.push(`${request.resourceType()}: ${request.url()}`);
      return void request.abort();
    });
  }

  /** Opens a page in place of the one before; its misdeeds are counted from here on. */
  async open(html: string, view: View = {}): Promise<Page> {
    const { width = 1280, height = 900, zoom = 1, scheme = "light", media = "screen" } = view;
    this.#executed.length = 0;
    this.#requests.length = 0;
    writeFileSync(this.#file, html);
    const page = this.#page;
    const size = { width: Math.floor(width / zoom), height: Math.floor(height / zoom), deviceScaleFactor: zoom };
    await page.setViewport(size);
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.emulateMediaType(media);
    await page.goto(pathToFileURL(this.#file).href, { waitUntil: "load" });
    return page;
  }

  /** What the page has done since it was opened; what the proxy met since the browser was, as that may come later. */
  async misdeeds(): Promise<Misdeeds> {
    const isThere = await this.#page.evaluate((name) => name in globalThis, sentinel);
    return {
      executed: [...this.#executed, ...(isThere ? ["global"] : [])],
      requests: [...this.#requests, ...this.#connections],
    };
  }

  async close(): Promise<void> {
    await end(this.#browser, this.#proxy, this.#folder);
  }
}

function launch(path: string, folder: string, proxy: Server): Promise<Browser> {
  const { port } = proxy.address() as { port: number };
  const args = [`--proxy-server=127.0.0.1:${port}`, "--proxy-bypass-list=<-loopback>"];
  // The sandbox of Chromium does not work for root, who is whom containers run as.
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  const script = join(folder, "browser.sh");
  writeFileSync(script, launcher, { mode: 0o755 });
  return puppeteer.launch({
    executablePath: script,
    userDataDir: join(folder, "profile"),
    // However the process of the tests dies, the pipe's end is the browser's end.
    pipe: true,
    args,
    // All that it writes beside its profile goes into the same folder.
    env: {
      ...process.env,
      HOME: folder,
      XDG_CONFIG_HOME: folder,
      XDG_CACHE_HOME: folder,
      XDG_RUNTIME_DIR: folder,
      FAULTLINE_BROWSER: path,
    },
  });
}

/** Removes the folder behind the browser, also where nobody is left to do so. */
const launcher = `#!/bin/sh
"$FAULTLINE_BROWSER" "$@"
rm -rf "$HOME" || { sleep 1; rm -rf "$HOME"; }
`;

/** The browser's own calls to its maker end here, too, and are not noted. */
async function refusingProxy(connections: string[]): Promise<Server> {
  const proxy = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (data) => {
      const [line = ""] = data.toString("latin1").split("\r\n");
      if (line.includes(forbiddenHost)) connections.push(`by the proxy: ${line}`);
      socket.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    proxy.once("error", reject);
    proxy.listen(0, "127.0.0.1", resolve);
  });
  return proxy;
}

async function end(browser: Browser | undefined, proxy: Server, folder: string): Promise<void> {
  const child = browser?.process();
  try {
    await browser?.close();
  } finally {
    if (child?.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    proxy.close();
    // Its last helpers may still write while they end.
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
