/** When a metric is called worse or better. */
export const ruleOfChange = `The unit is the run. A metric is called worse or better when p is at most 0.05, its interval leaves out 0, and its
difference is at least 10 % and 1 ms (latency), 0.5 points (shares) or 10 % (ok per second). p is corrected for the
number of metrics: of two sides without a difference at most 5 in 100 have any metric that is called so. Three
runs a side can show that something got worse, four that something got better; fewer can tell nothing of metrics.`;
