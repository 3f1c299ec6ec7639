import { exits } from "../exits.ts";
import type { CodeInfos } from "./code-info.ts";

/** What is wrong with a command and its flags, or ends it. */
export const commandLineCodes = {
  BAD_SEED: {
    exit: exits.usage,
    meaning: "The seed has a character that the name of a run folder may not have, or is too long.",
    remedy: "Give from 1 to 40 letters, digits, dots, dashes or underscores, as `--seed 7`.",
  },
  BAD_SHARD: {
    exit: exits.usage,
    meaning: "`--shard` does not say which one it is of how many.",
    remedy: "Give both, as `--shard 1/3`.",
  },
  BAD_URL: {
    exit: exits.usage,
    meaning: "What `capacity` is to measure is not an address that it can ask.",
    remedy: "Give one as `http://127.0.0.1:8080/`, or the name of a scenario.",
  },
  BUG: {
    exit: exits.bug,
    meaning: "Faultline itself is wrong somewhere.",
    remedy: "Report it with the stack that is printed.",
  },
  FILE_EXISTS: {
    exit: exits.usage,
    meaning: "A file that a command would write is there already.",
    remedy: "Give another name or move the file away; `export` and `init` overwrite it with `--force`.",
  },
  FOREIGN_TARGET: {
    exit: exits.usage,
    meaning: "Load or faults would go to another machine.",
    remedy: "If the system there is yours to break, allow its host with `--allow-target <host>`.",
  },
  INTERRUPTED: {
    exit: [exits.interrupted, exits.terminated],
    meaning: "A signal ended the command, by Ctrl-C (130) or SIGTERM (143).",
    remedy: "Run it again; everything was healed and ended.",
  },
  KEEP_UP_ONE: {
    exit: exits.usage,
    meaning: "`--keep-up` is given for several runs.",
    remedy: "Name one scenario, and leave `--repeat` out.",
  },
  NO_ANSWERS: {
    exit: exits.system,
    meaning: "Nothing that `capacity` sent was answered.",
    remedy: "See that the system runs, and that its operations are as it expects them.",
  },
  NO_PROC: {
    exit: exits.system,
    meaning: "A benchmark reads CPU and memory from `/proc`, which is not here.",
    remedy: "Run it on Linux.",
  },
  NOT_ONE_SCENARIO: {
    exit: exits.usage,
    meaning: "A command that takes one scenario was given none, or several.",
    remedy: "Name one of those that `faultline list` prints.",
  },
  NOT_WRITTEN: {
    exit: exits.usage,
    meaning: "A file that a command was to write could not be written.",
    remedy: "Name a file in a folder that is there and can be written to, with room for it.",
  },
  NOTHING_FAILED: {
    exit: exits.inconclusive,
    meaning: "`--last-failed` finds no scenario whose last run did not pass.",
    remedy: "Leave it out, or name the folder of the runs with `--output`.",
  },
  NOTHING_TO_RUN: {
    exit: exits.inconclusive,
    meaning: "There is no scenario to run.",
    remedy: "See what there is with `faultline list`, or make one with `faultline new my-first`.",
  },
  OUT_OF_BOUNDS: {
    exit: exits.usage,
    meaning:
      "A number or a duration, of a flag or of a scenario, is missing, is not one, or is too small or too large.",
    remedy: "Give one within the bounds that the error states.",
  },
  RATE_OF_WHAT: {
    exit: exits.usage,
    meaning: "`--rate` is given for several benchmarks.",
    remedy: "Name one of them, as `npm run bench -- reads --rate 800`.",
  },
  UNKNOWN_COMMAND: {
    exit: exits.usage,
    meaning: "There is no command of that name.",
    remedy: "Correct the name; `faultline --help` lists all of them.",
  },
  UNKNOWN_ENVIRONMENT: {
    exit: exits.usage,
    meaning: "There is no environment of that name.",
    remedy: "Use `local`, `containers` or `attach`.",
  },
  UNKNOWN_FORMAT: {
    exit: exits.usage,
    meaning: "The command has no format of that name.",
    remedy: "Use one of those that the error names.",
  },
  UNKNOWN_MUTANT: {
    exit: exits.usage,
    meaning: "There is no mutant of that name.",
    remedy: "Correct the name, or add the mutant to `mutants` in `faultline.config.ts`.",
  },
  UNKNOWN_REPORTER: {
    exit: exits.usage,
    meaning: "There is no reporter of that name.",
    remedy: "Use one of those that the error names.",
  },
  UNKNOWN_SCENARIO: {
    exit: exits.usage,
    meaning: "No scenario fits the name or pattern.",
    remedy: "Use one of those that `faultline list` prints.",
  },
  UNKNOWN_SHELL: {
    exit: exits.usage,
    meaning: "There is no completion for that shell.",
    remedy: "Use one of those that the error names.",
  },
  UNKNOWN_TAG: {
    exit: exits.usage,
    meaning: "No scenario has the tag.",
    remedy: "Use one of those that the error names, or leave `--tag` out.",
  },
  UNKNOWN_VARIANT: {
    exit: exits.usage,
    meaning: "No scenario has a variant of that name.",
    remedy: "Use one of those that the error names, or leave `--variant` out.",
  },
} as const satisfies CodeInfos;
