import type { LocalTools } from "../environments/local/driver.ts";
import { FaultlineError } from "../model/errors.ts";
import { SetupFailure } from "../setup/failure.mjs";
import { locateComponents } from "../setup/locate.mjs";

/** What the environment `local` starts. @throws FaultlineError (3) with all that is missing */
export async function locateLocalTools(): Promise<LocalTools> {
  return asFaultlineError(() => locateComponents());
}

/** The set-up runs where nothing of Faultline is there yet; here its failures become errors like all others. */
export async function asFaultlineError<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof SetupFailure) throw new FaultlineError(error.exit, error.problems, { cause: error });
    throw error;
  }
}
