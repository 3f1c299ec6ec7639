import { attached, system } from "faultline";
import type { Places } from "./running-shelf.ts";

const { store, web, toxiproxy } = JSON.parse(process.env["RUNNING"] ?? "{}") as Places;

/** A shelf that somebody else has started. */
export const runningShelf = system({
  name: "running shelf",
  entry: "web",
  components: {
    store: attached({ kind: "redis", ...store }),
    web: attached({
      kind: "http",
      ...web,
      readyPath: "/ready",
      livePath: "/live",
      links: { STORE_URL: { to: "store", toxiproxy, proxy: "shelf-store" } },
    }),
  },
});
