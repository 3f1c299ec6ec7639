import { exits } from "../exits.ts";
import type { CodeInfos } from "./code-info.ts";

/** What is wrong with the container engine, its images and its containers. */
export const containersCodes = {
  CONTAINER_NOT_STARTED: {
    exit: exits.system,
    meaning: "The engine could not start a container.",
    remedy: "See what the engine's log says of it.",
  },
  ENGINE_DENIED: {
    exit: exits.system,
    meaning: "The user may not talk to the container engine.",
    remedy: "Add the user to the group that owns the socket, or use a rootless engine.",
  },
  ENGINE_LOST: {
    exit: exits.system,
    meaning: "The container engine ended in mid-run, and everything on it.",
    remedy: "Start it again, and run `faultline clean`, which removes what it still has of the run.",
  },
  ENGINE_NOT_HERE: {
    exit: exits.system,
    meaning: "The container engine is on another machine, where its containers would have their ports.",
    remedy: "Run Faultline there, or name an engine on this machine in `DOCKER_HOST`.",
  },
  ENGINE_NOT_MEANT: {
    exit: exits.system,
    meaning: "`tc.host` in `~/.testcontainers.properties` names another engine than `DOCKER_HOST`.",
    remedy: "Take one of them away.",
  },
  ENGINE_NOT_STARTED: {
    exit: exits.system,
    meaning: "The engine that `npm run engine` starts did not come up in time.",
    remedy: "See the last lines in the error, or use an engine that is installed.",
  },
  ENGINE_NOT_SUPPORTED: {
    exit: exits.system,
    meaning: "`DOCKER_HOST` is not an address that Faultline can ask.",
    remedy: "Give `unix:///path/of/the/socket` or `tcp://host:port`.",
  },
  ENGINE_REFUSED: {
    exit: exits.system,
    meaning: "The container engine refused a request.",
    remedy: "Do what its answer, which the error repeats, asks for.",
  },
  ENGINE_SILENT: {
    exit: exits.system,
    meaning: "The container engine did not answer a request.",
    remedy: "See that it runs and is not overloaded, and run it again.",
  },
  IMAGE_NOT_TO_BE_HAD: {
    exit: exits.system,
    meaning: "An image could not be pulled.",
    remedy: "Check its name and the way to its registry with `docker pull <name>`.",
  },
  NO_ENGINE: {
    exit: exits.system,
    meaning: "No container engine answers.",
    remedy: "Start Docker and name its socket in `DOCKER_HOST`, or run with `--env local`.",
  },
  WRONG_ARCHITECTURE: {
    exit: exits.system,
    meaning: "An image is for another kind of processor.",
    remedy: "Name an image for this one, or give `containers: { platform }` where the engine can emulate it.",
  },
} as const satisfies CodeInfos;
