import type { AuditContext } from "faultline";
import { withDatabase } from "./components.ts";
import { tenant } from "./seed.ts";

const answerMs = 10_000;

/** A document of the index: the product that it is of, and the version of it. */
export interface ProductDocument {
  readonly id: number;
  readonly version: number;
}

/** What the index holds, whichever kind of index it is, as often as it is there; without what was removed. */
export function documentsOf(context: AuditContext): Promise<readonly ProductDocument[]> {
  return context.kinds["search"] === "opensearch" ? inOpenSearch(context) : inPostgres(context);
}

function inPostgres(context: AuditContext): Promise<readonly ProductDocument[]> {
  const text = "SELECT id, version FROM documents WHERE tenant = $1 AND NOT removed ORDER BY id";
  return withDatabase(context, "search", async (search) => {
    const { rows } = await search.query(text, [tenant]);
    return rows.map(({ id, version }) => ({ id: Number(id), version: Number(version) }));
  });
}

interface Found {
  readonly hits: { readonly hits: readonly { readonly _source: ProductDocument }[] };
}

async function inOpenSearch({ addresses, signal }: AuditContext): Promise<readonly ProductDocument[]> {
  const { host, port } = addresses["search"]!;
  const ask = async (path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`http://${host}:${port}/products/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body ?? {}),
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
    });
    if (!response.ok) throw new Error(`the index answered ${response.status} to ${path}: ${await response.text()}`);
    return response.json();
  };
  // What was written a moment ago must be found.
  await ask("_refresh");
  const filter = [{ term: { tenant } }, { term: { removed: false } }];
  const found = (await ask("_search", { query: { bool: { filter } }, sort: [{ id: "asc" }], size: 10_000 })) as Found;
  return found.hits.hits.map(({ _source: { id, version } }) => ({ id, version }));
}
