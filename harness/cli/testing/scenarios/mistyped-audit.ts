import { type FinalState, noLostWrites, scenario } from "faultline";
import { people, phases, shelf } from "../shelf/shelf.ts";

/** As `pg` returns a bigint, and a query with a misspelt alias. */
const rows = [
  { key: 0, verison: 1, value: null },
  { key: 1, version: "17", value: null },
] as unknown;

export default scenario({
  name: "the audit returns text in place of numbers",
  expects: "the run cannot tell whether anything was lost, and says which column to cast",
  system: shelf(),
  workload: people,
  phases,
  faults: [],
  audit: {
    atRest: () => Promise.resolve(true),
    read: () => Promise.resolve({ registers: rows as FinalState["registers"], items: [] }),
  },
  checks: [noLostWrites()],
});
