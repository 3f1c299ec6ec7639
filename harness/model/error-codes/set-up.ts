import { exits } from "../exits.ts";
import type { CodeInfos } from "./code-info.ts";

/** What keeps Faultline from getting what it needs. */
export const setUpCodes = {
  CACHE_NOT_PASSABLE: {
    exit: exits.system,
    meaning: "Servers run as the user `nobody`, who may not enter the cache folder.",
    remedy: "Name another folder in `FAULTLINE_CACHE`.",
  },
  CACHE_NOT_WRITABLE: {
    exit: exits.system,
    meaning: "The cache folder cannot be written to.",
    remedy: "Name another folder in `FAULTLINE_CACHE`.",
  },
  COMPONENT_NOT_TO_BE_HAD: {
    exit: exits.system,
    meaning: "A program that is needed could not be installed in any way that was tried.",
    remedy: "Do what the error names for that program.",
  },
  LOCKED: {
    exit: exits.system,
    meaning: "Another set-up did not end in time.",
    remedy: "End the process that the error names, or remove its lock, and try again.",
  },
  MISSING_COMPONENT: {
    exit: exits.system,
    meaning: "A program that is needed is missing.",
    remedy: "Run `faultline doctor --fix`.",
  },
  NODE_TOO_OLD: {
    exit: exits.system,
    meaning: "This Node is older than Node 20.",
    remedy: "Install Node 20 or newer, with npm.",
  },
  NO_COMMAND: {
    exit: exits.usage,
    meaning: "`npm run engine` was given nothing to run.",
    remedy: "Give a command, as `npm run engine -- npx faultline run calm --env containers`.",
  },
  NO_OWN_NODE: {
    exit: exits.system,
    meaning: "The Node at hand is too old, and npm installed none that runs.",
    remedy: "Let npm run install scripts, or use a newer Node.",
  },
  NPM_CI_FAILED: {
    exit: exits.system,
    meaning: "`npm ci` failed.",
    remedy: "Run it by hand and see what it says; it needs the npm registry, and about 600 MB of disk.",
  },
  UNSUPPORTED_PLATFORM: {
    exit: exits.system,
    meaning: "This platform is not supported.",
    remedy: "Use Linux, macOS, or the Windows Subsystem for Linux.",
  },
} as const satisfies CodeInfos;
