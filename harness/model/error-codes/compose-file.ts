import { exits } from "../exits.ts";
import type { CodeInfos } from "./code-info.ts";

/** What is wrong with the compose file that `faultline init --from` reads. */
export const composeFileCodes = {
  BAD_EXTENDS: {
    exit: exits.usage,
    meaning: "A service extends one that is not there, or itself.",
    remedy: "Name a service that is there, as `extends: { service: base }`.",
  },
  BAD_SERVICE: {
    exit: exits.usage,
    meaning: "A service is not a map of settings.",
    remedy: "Give it an `image` or a `build`.",
  },
  BAD_VALUE: {
    exit: exits.usage,
    meaning:
      "A setting of a service has a value that compose cannot read: not a text, a quote left open, not a number.",
    remedy: "Correct the value.",
  },
  BAD_YAML: {
    exit: exits.usage,
    meaning: "The file is not YAML.",
    remedy: "Correct the place that the error names.",
  },
  COMPOSE_NOT_READ: {
    exit: exits.usage,
    meaning: "The compose file is not there, or cannot be read.",
    remedy: "Name the compose file with `--from`.",
  },
  NO_ENV_FILE: {
    exit: exits.usage,
    meaning: "An `env_file` of a service is not there.",
    remedy: "Make it as for `docker compose up`, or set `required: false`.",
  },
  NO_IMAGE: {
    exit: exits.usage,
    meaning: "A service has neither an `image` nor a `build`.",
    remedy: "Give it one of them.",
  },
  NO_SERVICES: {
    exit: exits.usage,
    meaning: "The file has no service that goes on running.",
    remedy: "Name a compose file that has some, or a profile with `--profile`.",
  },
  NOT_FOLLOWED: {
    exit: exits.usage,
    meaning: "The file includes others, which are not read.",
    remedy: "Join the files with `docker compose config > joined.yaml`, and begin with that one.",
  },
  UNKNOWN_PROFILE: {
    exit: exits.usage,
    meaning: "No service has the profile.",
    remedy: "Use one of those that the error names.",
  },
  UNKNOWN_SERVICE: {
    exit: exits.usage,
    meaning: "A service depends on one that is not there.",
    remedy: "Correct the name in `depends_on`.",
  },
} as const satisfies CodeInfos;
