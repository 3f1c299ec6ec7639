import type { FaultSpec } from "../model/fault.ts";
import { textOf } from "./parameters.ts";
import { nameProblems, rolledOut } from "./rolled-out.ts";

/** Nobody is called that, and nobody has that password. */
const stranger = "faultline-nobody:wrong-password";

/**
 * A wrong credential is rolled out, often to one instance of several (`on: "one"`): a secret that was rotated at one end
 * only. The instance starts again and cannot log in where the variable's URL leads. Not simulated: a credential that is
 * taken away from under a program that runs (see `postgresLoginDenied` and `redisDenied`).
 * @param options.variable of the environment; its value is a URL, or several with commas between them
 */
export function wrongCredential<const Target extends string>(
  target: Target,
  options: { variable: string },
): FaultSpec<Target> {
  return { kind: "wrongCredential", target, parameters: { variable: options.variable } };
}

export const wrongCredentialFault = rolledOut({
  kind: "wrongCredential",
  summary: "a wrong credential is rolled out, and rolled back",
  example: { variable: "FAULTLINE_URL" },
  problems: nameProblems,
  title: ({ target, parameters }) => `wrong credential in ${textOf(parameters, "variable")} of ${target}`,
  value(original, parameters) {
    const wrong = original?.replaceAll(/(\w+:\/\/)([^@/,]*@)?/g, `$1${stranger}@`);
    if (wrong === undefined || wrong === original) {
      throw new Error(`${textOf(parameters, "variable")} holds no URL in which a credential could be`);
    }
    return wrong;
  },
});
