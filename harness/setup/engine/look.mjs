import { request } from "node:http";

/**
 * Whether a container engine answers on a Unix socket.
 * @param {string} socketPath
 * @param {number} [withinMs]
 * @returns {Promise<boolean>}
 */
export function answers(socketPath, withinMs = 2000) {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: "/_ping", timeout: withinMs }, (reply) => {
      reply.resume();
      resolve(reply.statusCode === 200);
    });
    asked.once("timeout", () => asked.destroy());
    asked.once("error", () => resolve(false));
    asked.end();
  });
}

/**
 * The engine that is there already, if there is one: the one that DOCKER_HOST names, or else the one at the usual place.
 * One that is not on a socket of this machine is taken at its word.
 * @param {Readonly<Record<string, string | undefined>>} [environment]
 * @returns {Promise<string | undefined>} as DOCKER_HOST would name it
 */
export async function lookForEngine({ DOCKER_HOST = "" } = process.env) {
  const host = DOCKER_HOST || "unix:///var/run/docker.sock";
  if (!host.startsWith("unix://")) return host;
  return (await answers(host.slice("unix://".length))) ? host : undefined;
}
