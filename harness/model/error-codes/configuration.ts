import { exits } from "../exits.ts";
import type { CodeInfos } from "./code-info.ts";

/** What is wrong with `faultline.config.ts`, the files of the scenarios, or a variable that Faultline reads. */
export const configurationCodes = {
  BAD_FIELD: {
    exit: exits.usage,
    meaning: "A field of `faultline.config.ts` has a value that it cannot have.",
    remedy: "Give what the error states.",
  },
  BAD_NAME: {
    exit: exits.usage,
    meaning: "A scenario or a component has a name that it cannot have.",
    remedy: "Use lower-case letters and digits, with dashes in a scenario's name and `_` in a component's.",
  },
  BAD_VARIABLE: {
    exit: exits.usage,
    meaning: "An environment variable of Faultline's, or one that a compose file asks for, has no value that fits.",
    remedy: "Set it to what the error states, or correct the file that asks for it.",
  },
  CONFIG_NOT_LOADED: {
    exit: exits.usage,
    meaning: "`faultline.config.ts` does not parse, or threw when it was imported.",
    remedy: "Correct the line that the error names.",
  },
  DOUBLE_ID: {
    exit: exits.usage,
    meaning: "Two files have the id of one scenario.",
    remedy: "Rename or remove all but one of them, or run one by its path.",
  },
  NO_SCENARIOS: {
    exit: exits.usage,
    meaning: "There is no folder of scenarios.",
    remedy: "Run `faultline` in the folder of your project, or name the folder with `--scenarios`.",
  },
  NOT_A_CONFIG: {
    exit: exits.usage,
    meaning: "`faultline.config.ts` has no configuration as its default export.",
    remedy: "Write `export default defineConfig({ … })`.",
  },
  NOT_A_SCENARIO: {
    exit: exits.usage,
    meaning: "A file in the folder of scenarios has no scenario as its default export.",
    remedy: "Write `export default scenario({ … })`, and put what scenarios share into a folder below.",
  },
  SCENARIO_NOT_LOADED: {
    exit: exits.usage,
    meaning: "The file of a scenario does not parse, or threw when it was imported.",
    remedy: "Correct the line that the error names.",
  },
} as const satisfies CodeInfos;
