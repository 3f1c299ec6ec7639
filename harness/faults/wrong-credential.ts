import type { z } from "zod";
import type { FaultSpec } from "../model/fault.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { variableName } from "../schema/fields.ts";
import { textOf } from "../schema/parameters.ts";
import { rolledOut } from "./rolled-out.ts";

/** Nobody is called that, and nobody has that password. */
const stranger = "faultline-nobody:wrong-password";

const wrongCredentialOptions = new FaultOptions({
  /** Its value is a URL, or several with commas between them. */
  variable: variableName(),
});
type WrongCredentialOptions = z.input<typeof wrongCredentialOptions.schema>;

/**
 * A wrong credential is rolled out, often to one instance of several (`on: "one"`): a secret that was rotated at one end
 * only. The instance starts again and cannot log in where the variable's URL leads. Not simulated: a credential that is
 * taken away from under a program that runs (see `postgresLoginDenied` and `redisDenied`).
 */
export function wrongCredential<const Target extends string>(
  target: Target,
  options: WrongCredentialOptions,
): FaultSpec<Target> {
  return wrongCredentialOptions.spec("wrongCredential", target, options);
}

export const wrongCredentialFault = rolledOut({
  kind: "wrongCredential",
  summary: "a wrong credential is rolled out, and rolled back",
  example: { variable: "FAULTLINE_URL" },
  options: wrongCredentialOptions.fields,
  problems: wrongCredentialOptions.problems,
  title: ({ target, parameters }) => `wrong credential in ${textOf(parameters, "variable")} of ${target}`,
  value(original, parameters) {
    const wrong = original?.replaceAll(/(\w+:\/\/)([^@/,]*@)?/g, `$1${stranger}@`);
    if (wrong === undefined || wrong === original) {
      throw new Error(`${textOf(parameters, "variable")} holds no URL in which a credential could be`);
    }
    return wrong;
  },
});
