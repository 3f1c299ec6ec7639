import { vi } from "vitest";
import type { MutantName } from "../mutants.ts";

/** The modules that are loaded in the body, as they are with this seeded bug; `correct` is without any. */
export async function withMutant<T>(name: MutantName | "correct", load: () => Promise<T>): Promise<T> {
  vi.resetModules();
  vi.stubEnv("MUTANT", name === "correct" ? "" : name);
  try {
    return await load();
  } finally {
    vi.unstubAllEnvs();
  }
}

/** What the same steps show with the bug and without it. */
export async function both<T>(
  name: MutantName,
  observe: (name: MutantName | "correct") => Promise<T>,
): Promise<{ mutant: T; correct: T }> {
  const mutant = await observe(name);
  return { mutant, correct: await observe("correct") };
}
