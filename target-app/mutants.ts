/** A bug seeded on purpose, so that a test of this system can show that it would notice. */
interface Mutant {
  /** What the code does instead, in one line. */
  readonly change: string;
  /** What its users can then no longer rely on. */
  readonly breaks: string;
}

/** The one catalogue. Each is applied at one line of the code, with the correct line beside it. */
export const mutants = {
  "lost-del": {
    change: "a failed invalidation of the cache is swallowed, and no outbox row makes up for it",
    breaks: "no read returns a value older than a write acknowledged more than two seconds earlier",
  },
} as const satisfies Record<string, Mutant>;

export type MutantName = keyof typeof mutants;

/** The one place that reads the switch; once, so that an unset switch costs a comparison of two strings. */
const chosen = process.env["MUTANT"] ?? "";

export function mutated(name: MutantName): boolean {
  return chosen === name;
}

/** Why a process must not start with this choice; nothing if it may. A typing error must not pass for a correct run. */
export function problemOfMutant(name: string): string | undefined {
  if (name === "" || Object.hasOwn(mutants, name)) return undefined;
  return `MUTANT is "${name}", which is none of: ${Object.keys(mutants).join(", ")}`;
}
