/** What stands below the help of a command, unless the command's own file has more to say. */
export const examples: Readonly<Record<string, string>> = {
  run: `
Examples:
  faultline run cache-partition --seed 7     run one scenario, repeatably
  faultline run 'cache-*' --dry-run          show what would happen
  faultline run --tag demo --json            one JSON document for a program
  faultline run cache-partition --seed 7 --repeat 3 --baseline baseline.json
                                             and fail when it got worse

Exit codes: 0 pass, 1 fail, 2 inconclusive, 3 the system did not start or stop, 4 something was left broken,
64 usage, 70 a bug in Faultline, 130 and 143 interrupted, after healing.`,
  new: `
Examples:
  faultline new queue-crash                  writes scenarios/queue-crash.ts
  faultline run queue-crash                  and it runs as it is`,
  validate: `
Examples:
  faultline validate                         every scenario of the project
  faultline validate 'cache-*' --json        one JSON document for a program`,
  replay: `
Examples:
  faultline replay reports/latest            refused when the scenario has changed since
  faultline replay reports/latest --repeat 20`,
  show: `
Examples:
  faultline show                             the latest run
  faultline show reports/<run> --json        its record`,
  open: `
Examples:
  faultline open                             the report of the latest run, in the browser`,
  list: `
Examples:
  faultline list                             the scenarios
  faultline list --faults                    what can be broken, and whether this machine can do it
  faultline list --faults partition kill     all about these two`,
  doctor: `
Examples:
  faultline doctor                           what is needed, and where it was found
  faultline doctor --fix                     gets what is missing`,
  report: `
Examples:
  faultline report reports/latest            with what this version can show`,
  index: `
Examples:
  faultline index                            reports/index.html and reports/history.jsonl, from the run folders`,
  clean: `
Examples:
  faultline clean                            ends and undoes what killed runs left; runs that are alive are not touched`,
};
