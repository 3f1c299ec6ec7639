import { exits } from "../exits.ts";
import type { CodeInfos } from "./code-info.ts";

/** What is wrong with a system that runs already. */
export const attachCodes = {
  BAD_PID_FILE: {
    exit: exits.system,
    meaning: "The file of a process id cannot be read, or has none in it.",
    remedy: "Give the file that the server writes its process id into.",
  },
  CONTAINER_NOT_LISTENING: {
    exit: exits.system,
    meaning: "A container does not have the component's port.",
    remedy: "Give the container of the server that is meant.",
  },
  CONTAINER_NOT_RUNNING: {
    exit: exits.system,
    meaning: "A container stands still or has ended.",
    remedy: "Let it run with `docker unpause` or `docker start`, or leave it out.",
  },
  NOT_ANSWERING: {
    exit: exits.system,
    meaning: "A component does not answer as its kind does.",
    remedy: "Start it, or correct `at`.",
  },
  NOT_LET_IN: {
    exit: exits.system,
    meaning: "A server refuses Faultline what a fault needs, or is set up so that healing would change it.",
    remedy: "Do what the error names for that server.",
  },
  NO_SUCH_CONTAINER: {
    exit: exits.system,
    meaning: "There is no container of that name.",
    remedy: "Give one of those that `docker ps` lists.",
  },
  NO_SUCH_PROCESS: {
    exit: exits.system,
    meaning: "There is no process of that id.",
    remedy: "Give the one that runs now.",
  },
  NO_SUCH_PROXY: {
    exit: exits.system,
    meaning: "The Toxiproxy has no proxy of that name.",
    remedy: "Use one of those that the error names.",
  },
  NO_TOXIPROXY: {
    exit: exits.system,
    meaning: "No Toxiproxy answers at the address.",
    remedy: "Give the address of the API of a Toxiproxy that runs.",
  },
  PROCESS_IS_OURS: {
    exit: exits.system,
    meaning: "A process started this very run, which would stand still with it.",
    remedy: "Give the process of the server alone.",
  },
  PROCESS_NOT_LISTENING: {
    exit: exits.system,
    meaning: "A process does not listen on the component's port.",
    remedy: "Give the process of the server that is meant.",
  },
  PROCESS_NOT_YOURS: {
    exit: exits.system,
    meaning: "A process belongs to another user, and may not be signalled.",
    remedy: "Run Faultline as that user, or leave the process out.",
  },
  PROCESS_STOPPED: {
    exit: exits.system,
    meaning: "A process stands still already.",
    remedy: "Continue it with `kill -CONT`, or leave the process out.",
  },
  PROXY_LEADS_NOWHERE: {
    exit: exits.system,
    meaning: "A proxy does not lead to the component.",
    remedy: "See that it listens, is enabled, and leads to the component of the link.",
  },
} as const satisfies CodeInfos;
