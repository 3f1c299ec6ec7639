import { ruleOfChange } from "../model/compare/rule-of-change.ts";

/** What stands below the help of each command; here, so that help loads nothing. */
export const examples: Readonly<Record<string, string>> = {
  faultline: `
Examples:
  faultline doctor                           is all here that is needed?
  faultline new my-first                     a scenario that runs as it is
  faultline run my-first                     breaks what it says, under load, and judges
  faultline open                             the report of it, in the browser
  faultline run --tag gate --reporter junit  as a gate in CI: exit 0 only when all passed

\`faultline <command> --help\` has more examples, and the exit codes.`,
  run: `
Examples:
  faultline run cache-partition --seed 7     run one scenario, repeatably
  faultline run 'cache-*' --dry-run          show what would happen
  faultline run --tag demo --json            one JSON document for a program
  faultline run --env attach                 on a system that runs already (docs/attach.md)
  faultline run cache-partition --seed 7 --repeat 3 --baseline baseline.json
                                             and fail when it got worse

Exit codes: 0 pass, 1 fail, 2 inconclusive, 3 the system did not start or stop, 4 something was left broken,
64 usage, 70 a bug in Faultline, 130 and 143 interrupted, after healing.`,
  new: `
Examples:
  faultline new queue-crash                  writes scenarios/queue-crash.ts
  faultline run queue-crash                  and it runs as it is`,
  init: `
Examples:
  faultline init --from compose.yaml         writes faultline.config.ts and a first scenario beside it
  faultline init --from deploy/compose.yaml --profile full --force

What the file does not tell is marked as a question, \`// ?\`. Never by halves: all or nothing is written.`,
  validate: `
Examples:
  faultline validate                         every scenario of the project
  faultline validate 'cache-*' --json        one JSON document for a program`,
  replay: `
Examples:
  faultline replay reports/latest            refused when the scenario has changed since
  faultline replay reports/latest --repeat 20`,
  prove: `
Examples:
  faultline prove                            every scenario against every mutant
  faultline prove --tag gate --until-caught  each mutant until a scenario catches it
  faultline prove --mutants 'lost-*' --repeat 10
                                             how surely those are caught
  faultline prove --env containers --sample  does each get caught elsewhere, too?
  faultline prove --mutants none --repeat 9  does the system as it is pass, again and again?

Exit codes: 0 all mutants caught and the system as it is passes; 1 one survived, a correct run failed, or the canary
did not; 2 it could not be told. The same command goes on where it was stopped.`,
  explore: `
Examples:
  faultline explore --minutes 20             the scenario with the tag explore
  faultline explore any-fault --seed 7 --first
                                             stop at the first failure
  MUTANT=lost-del faultline explore --minutes 5

What was found is a scenario in reports/explore/, which can be run, and kept. Exit codes: 0 nothing found, 1 something
found, 2 it could not be told.`,
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
  capacity: `
Examples:
  faultline capacity cache-partition              the scenario's system and workload, without its faults
  faultline capacity http://127.0.0.1:8080/       anything that runs on this machine
  faultline capacity cache-partition --within 100 --availability 0.999`,
  check: `
Examples:
  faultline check reports/latest                       the same evidence, judged by this version
  faultline check reports/latest --scenario scenarios/cache-partition.ts
                                                       with the checks that the file states now
  faultline check reports/* --json                     one JSON document for a program

Exit codes: 0 pass, 1 fail, 2 inconclusive, 64 no run, or one of another version.`,
  compare: `
Each side is several runs of one plan, by folder or by id under reports/; the base may be a baseline file.
${ruleOfChange}

Examples:
  faultline compare <run>,<run>,<run> <run> <run> <run>
  faultline compare baseline.json <run> <run> <run> --format markdown
  faultline compare baseline.json <run> <run> <run> --format html -o compare.html

Exit codes: 0 no change for the worse was found, 1 something got worse, 2 cannot tell (too few runs, or too little
measured), 64 the sides have different plans, or cannot be read.`,
  baseline: `
Examples:
  faultline baseline <run> <run> <run> -o baseline.json     of one plan: one run alone can show nothing of metrics
  faultline run cache-partition --seed 7 --repeat 3 --baseline baseline.json`,
  completion: `
Examples:
  source <(faultline completion bash)                    in ~/.bashrc
  source <(faultline completion zsh)                     in ~/.zshrc, after compinit
  faultline completion fish > ~/.config/fish/completions/faultline.fish`,
  export: `
Formats:
  csv    comma-separated values with a header
  jsonl  one JSON object a line
  hdr    an HdrHistogram log of response times, tagged by phase and operation

Examples:
  faultline export reports/latest --format csv > history.csv
  faultline export reports/latest --format hdr -o latency.hlog`,
  merge: `
Examples:
  faultline merge shards/1 shards/2 shards/3 -o reports     one folder with all runs, one junit.xml, one overview

The exit code is the worst of the shards'; a shard that is missing makes it 2.`,
};
