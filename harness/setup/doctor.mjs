import { componentSteps } from "./steps.mjs";

/**
 * What is needed, what was found, and how to get it.
 * @typedef {{ component: string, needed: string, ok: boolean, found: string, version: string, from: string, remedy: string }} DoctorRow
 */

/**
 * Looks, and changes nothing.
 * @param {readonly import("./steps.mjs").Step[]} [steps]
 * @returns {Promise<DoctorRow[]>}
 */
export async function examine(steps = componentSteps()) {
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
