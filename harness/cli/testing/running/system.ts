import { attached, seconds, system } from "faultline";
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

/** Few and patient enough for a machine that has other things to do: who waits long is not refused. */
const deadline = seconds(6);
const { look, put } = people.operations;
export const fewPeople = {
  ...people,
  perSecond: 40,
  operations: { look: { ...look!, deadline }, put: { ...put!, deadline } },
};
