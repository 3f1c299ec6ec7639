export { type AvailabilityOptions, availability } from "./availability.ts";
export { noLostWrites } from "./no-lost-writes.ts";
export { noStaleReads } from "./no-stale-reads.ts";
export { recoversWithin } from "./recovers-within.ts";
