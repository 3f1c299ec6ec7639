import type { z } from "zod";
import type { PostgresControl } from "../model/capabilities.ts";
import type { FaultKind, FaultSpec, Observation } from "../model/fault.ts";
import { FaultOptions } from "../schema/fault-options.ts";
import { sqlName, text } from "../schema/fields.ts";
import { textOf } from "../schema/parameters.ts";
import { literal } from "./postgres-refusal.ts";

const postgresDropIndexOptions = new FaultOptions({
  index: text("Give the name of an index, as orders_by_customer or schema.name.", { pattern: sqlName }),
});
type PostgresDropIndexOptions = z.input<typeof postgresDropIndexOptions.schema>;

/**
 * Somebody drops an index that queries need: a migration in the wrong order, a clean-up by hand. Nothing is wrong but
 * the time that it takes. Healing makes it anew, and locks the table against writes as long as that lasts. Not
 * simulated: an index that backs a constraint, which Postgres does not let go.
 */
export function postgresDropIndex<const Target extends string>(
  target: Target,
  options: PostgresDropIndexOptions,
): FaultSpec<Target> {
  return postgresDropIndexOptions.spec("postgresDropIndex", target, options);
}

/** What makes each dropped index anew. */
const definitions = new WeakMap<PostgresControl, Map<string, string>>();

async function definitionOf(postgres: PostgresControl, index: string): Promise<string | undefined> {
  const [row] = await postgres.admin(`SELECT pg_get_indexdef(to_regclass(${literal(index)})::oid) AS made`);
  return (row?.["made"] as string | null) ?? undefined;
}

export const postgresDropIndexFault: FaultKind<"postgres"> = {
  kind: "postgresDropIndex",
  needs: "postgres",
  summary: "an index is dropped by mistake, and made anew",
  receipt: "the server knows no index of that name",
  healing: "it is made anew from its own definition",
  example: { index: "pg_faultline_example" },
  explored: [],
  residue: "an index that is not there: made anew from its own definition",
  onlyOwn: "its index would be missing after a run that was killed",
  options: postgresDropIndexOptions.fields,
  problems: postgresDropIndexOptions.problems,
  title: ({ target, parameters }) => `drop index ${textOf(parameters, "index")} of ${target}`,
  undo: () => [],
  async inject(postgres, { parameters }) {
    const index = textOf(parameters, "index");
    const known = definitions.get(postgres) ?? new Map<string, string>();
    definitions.set(postgres, known);
    const definition = await definitionOf(postgres, index);
    if (definition === undefined && known.has(index)) return;
    if (definition === undefined) throw new Error(`there is no index ${index} in ${postgres.database}`);
    known.set(index, definition);
    await postgres.admin(`DROP INDEX ${index}`);
  },
  async heal(postgres, { parameters }) {
    const index = textOf(parameters, "index");
    const definition = definitions.get(postgres)?.get(index);
    if (definition !== undefined && (await definitionOf(postgres, index)) === undefined)
      await postgres.admin(definition);
    definitions.get(postgres)?.delete(index);
  },
  async observe(postgres, { parameters }): Promise<Observation> {
    const definition = await definitionOf(postgres, textOf(parameters, "index"));
    return { state: definition === undefined ? "acting" : "absent", measured: { isThere: definition !== undefined } };
  },
};
