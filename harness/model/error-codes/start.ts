import { exits } from "../exits.ts";
import type { CodeInfos } from "./code-info.ts";

/** What keeps a system from being started or stopped as processes, or ends a run in its middle. */
export const startCodes = {
  COMMAND_NOT_STARTED: {
    exit: exits.system,
    meaning: "The command of a component could not be started.",
    remedy: "Check the command; in a container, that the image has the program.",
  },
  COMPONENT_EXITED: {
    exit: exits.system,
    meaning: "A component ended before it was ready.",
    remedy: "See its last lines in the error, and the whole log in the run folder.",
  },
  INITDB_FAILED: {
    exit: exits.system,
    meaning: "A new Postgres database could not be made.",
    remedy: "Run `faultline doctor`; the database binaries may not fit this machine.",
  },
  LEFT_BROKEN: {
    exit: exits.leftBroken,
    meaning: "Something that a run changed or started could not be undone.",
    remedy: "Run `faultline clean`, which undoes what was left.",
  },
  NOT_READY: {
    exit: exits.system,
    meaning: "A component was started, and did not answer in time.",
    remedy: "See its last lines in the error, and the whole log in the run folder.",
  },
  NO_FREE_PORT: {
    exit: exits.system,
    meaning: "All ports that Faultline uses are taken.",
    remedy: "Run `faultline clean`, and look for servers that were left running.",
  },
  PORT_TAKEN: {
    exit: exits.system,
    meaning: "Another program listens on the port that a component needs.",
    remedy: "End that program, or leave `port` out, so that a free one is chosen.",
  },
  PREPARE_FAILED: {
    exit: exits.system,
    meaning: "`prepare` of a component ended with an error, or not in time.",
    remedy: "See its last lines in the error, and the whole log in the run folder.",
  },
  STATE_FOLDER_NOT_OURS: {
    exit: exits.system,
    meaning: "The folder in which Faultline keeps what it must undo belongs to another user.",
    remedy: "Remove it, or set `TMPDIR` to a folder of your own.",
  },
  TOXIPROXY_CALL_FAILED: {
    exit: exits.system,
    meaning: "Toxiproxy refused a request, or its API could not be reached.",
    remedy: "See `logs/toxiproxy.log` of the run folder.",
  },
  TOXIPROXY_HANGS: {
    exit: exits.system,
    meaning: "Toxiproxy did not answer in time.",
    remedy: "See `logs/toxiproxy.log` of the run folder.",
  },
  TOXIPROXY_LOST: {
    exit: exits.inconclusive,
    meaning: "Toxiproxy ended in mid-run, and every link with it.",
    remedy: "Run the scenario again: what users saw after that was not the fault's doing.",
  },
  TOXIPROXY_NOT_OURS: {
    exit: exits.system,
    meaning: "What answers on the port of Toxiproxy is not the one that was started, or it did not come up.",
    remedy: "Run `faultline clean`: another server may hold the port.",
  },
} as const satisfies CodeInfos;
