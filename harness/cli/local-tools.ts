import { FaultlineError, systemError } from "../model/errors.ts";
import type { LocalTools } from "../pack/local-driver.ts";
import { cacheFolder } from "../setup/cache-folder.mjs";
import { SetupFailure } from "../setup/failure.mjs";
import { locateComponents, lookForToxiproxy } from "../setup/locate.mjs";

/** What the environment `local` starts. @throws FaultlineError (3) with all that is missing */
export async function locateLocalTools(): Promise<LocalTools> {
  return asFaultlineError(() => locateComponents());
}

/** What the environment `attach` starts. @throws FaultlineError (3) when it is missing */
export async function locateToxiproxy(): Promise<{ readonly path: string; readonly version: string }> {
  const { found, problem = "" } = await lookForToxiproxy(cacheFolder());
  if (found !== undefined) return found;
  const remedy = "Run `faultline doctor --fix`.";
  throw systemError({ code: "MISSING_COMPONENT", where: "toxiproxy-server", message: problem, remedy });
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
