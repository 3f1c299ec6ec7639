/**
 * A bug that can be switched on, so that the scenarios can be tested as tests are: by mutation (DeMillo, Lipton and
 * Sayward, "Hints on test data selection", 1978). An interface of two parts, so that any system can have some.
 */
export interface Mutant {
  /** As `lost-del`. */
  readonly name: string;
  /** What switches it on: variables with which scenarios are loaded, and which they hand to their system. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * What stands between the values of its variable when several mutants that share it are switched on in one run, as `","`
   * in `MUTANT=lost-del,no-ttl`. Only with a single variable. Without it, each of its runs has no other mutant.
   */
  readonly joins?: string;
  /** What the code does instead, in one line. */
  readonly description?: string;
}
