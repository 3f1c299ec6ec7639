/** When a metric is called worse or better. */
export const ruleOfChange = `A metric is called worse or better when p is at most 0.05 after Holm's correction, and its shift is at least
10 % and 1 ms (latency), 0.5 points (shares) or 10 % (ok per second); with several runs a side also more than
the runs of each side differ among themselves, both sides added. A verdict is worse when it went from pass to
another one, or from inconclusive to fail.`;
