import { attached, system } from "faultline";
import { people } from "../shelf/shelf.ts";
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

/** Few enough for a machine that has other things to do. */
export const fewPeople = { ...people, perSecond: 40 };
