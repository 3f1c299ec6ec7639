import { exits } from "../exits.ts";
import type { CodeInfos } from "./code-info.ts";

/** What is wrong with run folders, baselines, shards and proofs, or with a comparison of them. */
export const storedRunCodes = {
  BASELINE_NOT_READ: {
    exit: exits.usage,
    meaning: "The file of a baseline is not there, cannot be read, or is too large.",
    remedy: "Name a file that `faultline baseline <run…> -o baseline.json` wrote.",
  },
  BASELINE_OF_ONE_VARIANT: {
    exit: exits.usage,
    meaning: "A baseline is of one variant, and several are run.",
    remedy: "Choose one with `--variant`.",
  },
  BROKEN_BASELINE: {
    exit: exits.usage,
    meaning: "A baseline is not JSON, or lacks a field.",
    remedy: "Take it from version control again, or write it anew with `faultline baseline`.",
  },
  CHECKS_DIFFER: {
    exit: exits.usage,
    meaning: "A check of both sides of a comparison has different parameters.",
    remedy: "Run the base again with the parameters of now.",
  },
  ENVIRONMENTS_DIFFER: {
    exit: exits.usage,
    meaning: "The two sides of a comparison ran in different environments.",
    remedy: "Give both the same `--env`.",
  },
  FAILS_WITHOUT_FAULT: {
    exit: exits.inconclusive,
    meaning: "The scenario fails without any fault, so that `explore` could blame nothing on one.",
    remedy: "Let it pass without faults first.",
  },
  FAULTS_DIFFER: {
    exit: exits.usage,
    meaning: "The two sides of a comparison had different faults, or the same ones at different times.",
    remedy: "Run the base again with the faults of now.",
  },
  HISTORY_DAMAGED: {
    exit: exits.usage,
    meaning: "The history of a run is not as it was written.",
    remedy: "Run it again; the file was changed, or the disk is failing.",
  },
  HISTORY_UNKNOWN_FORMAT: {
    exit: exits.usage,
    meaning: "The history of a run has a layout that this version does not read.",
    remedy: "Read it with the version of Faultline that wrote it, or run it again.",
  },
  HISTORY_WRITE_FAILED: {
    exit: exits.usage,
    meaning: "The history of a run, or the evidence of its operations, could not be written.",
    remedy: "Free some disk space, or run where the folder can be written.",
  },
  LOADS_DIFFER: {
    exit: exits.usage,
    meaning: "The two sides of a comparison had different loads: rates, operations, keys, promises or arrivals.",
    remedy: "Run the base again with the workload of now.",
  },
  MACHINES_DIFFER: {
    exit: exits.usage,
    meaning: "The two sides of a comparison ran on machines of another platform or number of cores.",
    remedy: "Run the base again on this machine.",
  },
  MIXED_PLANS: {
    exit: exits.usage,
    meaning: "The runs of one side of a comparison are of different plans.",
    remedy: "Name runs of one plan, as those of one `faultline run <scenario> --repeat 3`.",
  },
  MIXED_SCENARIOS: {
    exit: exits.usage,
    meaning: "The runs of one side of a comparison are of different scenarios.",
    remedy: "Name runs of one scenario for each side.",
  },
  MIXED_SYSTEMS: {
    exit: exits.usage,
    meaning: "The runs of one side of a comparison are of different systems.",
    remedy: "Name runs of one system for each side.",
  },
  NO_HISTORY: {
    exit: exits.usage,
    meaning: "A run has no history that can be read, or saw no operation.",
    remedy: "Name the folder of a run that got as far as its load.",
  },
  NO_PROOF: {
    exit: exits.usage,
    meaning: "A file is not a proof of this version.",
    remedy: "Name a `prove.json` that `faultline prove` wrote, or leave `--known` out.",
  },
  NO_REPORT: {
    exit: exits.usage,
    meaning: "A run folder has no `report.html`.",
    remedy: "Render it with `faultline report <run>`.",
  },
  NO_REPORTS: {
    exit: exits.usage,
    meaning: "The folder of reports is not there, or cannot be read.",
    remedy: "Name the folder of the reports, as `reports`.",
  },
  NO_RUN_YET: {
    exit: exits.usage,
    meaning: "There is no latest run.",
    remedy: "Make one with `faultline run`, or name the folder of a run.",
  },
  NO_SHARD: {
    exit: exits.usage,
    meaning: "A folder of shards that `merge` was given is not there.",
    remedy: "Name the folders that `faultline run --shard` wrote, each after its `-o`.",
  },
  NO_SUCH_RUN: {
    exit: exits.usage,
    meaning: "There is no run and no file of that name.",
    remedy: "Correct the name, or name the folder of a run.",
  },
  NO_VERDICT: {
    exit: [exits.system, exits.leftBroken, exits.usage, exits.bug],
    meaning: "A run of a proof came to no verdict; the exit code is that of the run.",
    remedy: "Correct what its last lines say, and give the same command again: it goes on from there.",
  },
  NOT_A_BASELINE: {
    exit: exits.usage,
    meaning: "A file is not a baseline of Faultline.",
    remedy: "Write one with `faultline baseline <run…> -o baseline.json`.",
  },
  NOT_A_RUN: {
    exit: exits.usage,
    meaning: "A path is not the folder of a run: it has no readable `run.json`.",
    remedy: "Name the folder of a run, as `reports/latest`.",
  },
  NOT_A_SHARD: {
    exit: exits.usage,
    meaning: "The file of a shard is torn, or is not one.",
    remedy: "Fetch the folder that `faultline run --shard` wrote once more, whole.",
  },
  NOTHING_PROVEN: {
    exit: exits.usage,
    meaning: "`prove --sample` needs to know what catches which mutant, and there is no proof yet.",
    remedy: "Run `faultline prove` once without it, or name its `prove.json` with `--known`.",
  },
  OTHER_SCENARIO: {
    exit: exits.usage,
    meaning: "The file that `check --scenario` was given states another scenario than the run's.",
    remedy: "Give the file of the run's own scenario.",
  },
  PHASES_DIFFER: {
    exit: exits.usage,
    meaning: "The two sides of a comparison had phases of different lengths.",
    remedy: "Run the base again with the phases of now.",
  },
  REPLAY_DIFFERS: {
    exit: exits.usage,
    meaning: "The plan or the system of a run is not what it was, so that it cannot be replayed.",
    remedy: "Go back to the version that the error names, or run the scenario as it is now.",
  },
  REPORTS_NOT_WRITABLE: {
    exit: exits.system,
    meaning: "The folder of a run cannot be made.",
    remedy: "Make room, or name another folder with `--output`.",
  },
  RUN_EXISTS: {
    exit: exits.usage,
    meaning: "`merge` finds another run where it would put one.",
    remedy: "Name another folder with `-o`.",
  },
  RUN_NAMED_TWICE: {
    exit: exits.usage,
    meaning: "A run stands twice in one comparison.",
    remedy: "Name each run once, on one side.",
  },
  RUN_NOT_WRITTEN: {
    exit: exits.system,
    meaning: "A file of the run folder could not be written.",
    remedy: "Make room, or name another folder with `--output`.",
  },
  SCENARIOS_DIFFER: {
    exit: exits.usage,
    meaning: "The two sides of a comparison, or a baseline and what is run, are of different scenarios.",
    remedy: "Compare runs of one scenario.",
  },
  SEEDS_DIFFER: {
    exit: exits.usage,
    meaning: "The two sides of a comparison had different seeds, and not one of its own for each run.",
    remedy: "Run both sides with the same `--seed`, or give each run of both sides a seed of its own.",
  },
  UNKNOWN_BASELINE_VERSION: {
    exit: exits.usage,
    meaning: "A baseline has a version that this Faultline does not read.",
    remedy: "Write it again with this version, or use the version that wrote it.",
  },
  UNKNOWN_RUN_VERSION: {
    exit: exits.usage,
    meaning: "`run.json` has a version that this Faultline does not read.",
    remedy: "Use the version of Faultline that wrote it.",
  },
} as const satisfies CodeInfos;
