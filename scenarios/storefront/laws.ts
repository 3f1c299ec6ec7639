import {
  type Check,
  cacheAgrees,
  type Duration,
  deadLettersAreDeserved,
  effectsExactlyOnce,
  indexAgrees,
  noLostJobs,
  noLostWrites,
  noStaleReads,
  noWrongAnswers,
  seconds,
  staysUp,
} from "faultline";

/** What the shop promises whatever breaks: what it accepted it keeps, does once, never buries without need; and it stays up. */
export const keepsItsWord = (): readonly Check[] => [
  noLostWrites(),
  noLostJobs(),
  effectsExactlyOnce(),
  deadLettersAreDeserved(),
  staysUp(),
];

/**
 * And that it tells the truth: no wrong answer, no price older than two seconds that is not said to be old, and in the
 * end cache and index as the database. That a search finds the newest at once is not promised.
 * @param options.within how old a price may be where what breaks can't make it older
 */
export const tellsTheTruth = ({ within = seconds(2) }: { within?: Duration } = {}): readonly Check[] => [
  noWrongAnswers(),
  noStaleReads({ within, operations: ["browse"] }),
  cacheAgrees(),
  indexAgrees(),
];
