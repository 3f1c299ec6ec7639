import { isAtLeast } from "./programs.mjs";
import { componentSteps } from "./steps.mjs";

/**
 * What is needed, what was found, and how to get it.
 * @typedef {{ component: string, needed: string, ok: boolean, found: string, version: string, from: string, remedy: string }} DoctorRow
 */

const leastNode = "22.22";

/** The Node that we run on. @type {Pick<import("./steps.mjs").Step, "name" | "needed" | "remedy" | "look">} */
const nodeStep = {
  name: "node",
  needed: `${leastNode} or newer`,
  remedy: `Run Faultline with Node ${leastNode} or newer; in its repository \`npm ci\` brings one, which \`npx faultline\` uses.`,
  look: async () => {
    const version = process.versions.node;
    if (!isAtLeast(version, leastNode)) return { problem: `this is ${version}` };
    return { found: { path: process.execPath, version, from: "this process" } };
  },
};

/**
 * Looks, and changes nothing.
 * @param {readonly Pick<import("./steps.mjs").Step, "name" | "needed" | "remedy" | "look">[]} [steps]
 * @returns {Promise<DoctorRow[]>}
 */
export async function examine(steps = [nodeStep, ...componentSteps()]) {
  return Promise.all(
    steps.map(async ({ name, needed, remedy, look }) => {
      const { found, problem } = await look();
      return {
        component: name,
        needed,
        ok: found !== undefined,
        found: found?.path ?? "",
        version: found?.version ?? "",
        from: found?.from ?? problem ?? "",
        remedy: found === undefined ? remedy : "",
      };
    }),
  );
}
