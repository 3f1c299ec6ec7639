/** What the process reports to its caller. Worst wins, in the order of `exitPrecedence`. */
export const exits = {
  pass: 0,
  fail: 1,
  inconclusive: 2,
  system: 3,
  leftBroken: 4,
  usage: 64,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;

const exitPrecedence: readonly number[] = [
  exits.leftBroken,
  exits.bug,
  exits.interrupted,
  exits.terminated,
  exits.usage,
  exits.system,
  exits.fail,
  exits.inconclusive,
];

/** The exit code that stands for all of several. An unknown code counts as a bug. */
export function worstExit(codes: readonly number[]): number {
  const bad = codes.filter((code) => code !== exits.pass);
  if (bad.length === 0) return exits.pass;
  return exitPrecedence.find((code) => bad.includes(code)) ?? exits.bug;
}
