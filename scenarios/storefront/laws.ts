import {
  type Check,
  cacheAgrees,
  comesToRest,
  type Duration,
  deadLettersAreDeserved,
  effectsExactlyOnce,
  indexAgrees,
  noLostJobs,
  noLostWrites,
  noStaleReads,
  noWrongAnswers,
  poolsHold,
  seconds,
  staysLive,
  staysUp,
} from "faultline";

/**
 * What the shop promises whatever breaks: what it accepted it keeps, does once, never buries without need; it stays up, its
 * pools stay as large as they were stated, and once all is healed its work comes to an end.
 * @param rest how long marks may stay on after the last heal: a recovery that is long enough shows it
 */
export const keepsItsWord = (
  pools?: Parameters<typeof poolsHold>[0],
  rest?: Parameters<typeof comesToRest>[0],
): readonly Check[] => [
  noLostWrites(),
  noLostJobs(),
  effectsExactlyOnce(),
  deadLettersAreDeserved(),
  staysUp(),
  staysLive(),
  poolsHold(pools),
  comesToRest(rest),
];

/** A client connects again, and a breaker closes, in half a second; on a busy machine in two. */
export const marksGoOff = { marksWithin: seconds(3) } as const;

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
