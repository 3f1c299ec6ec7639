import { noLostWrites, scenario } from "faultline";
import { people, phases, shelf } from "../shelf/shelf.ts";

export default scenario({
  name: "the audit can't see",
  expects: "the run cannot tell whether anything was lost",
  system: shelf(),
  workload: people,
  phases,
  faults: [],
  audit: { atRest: () => Promise.resolve(true), read: () => Promise.reject(new Error("no light")) },
  checks: [noLostWrites()],
});
