import type { AuditContext } from "faultline";
import type { Versions } from "./cached.ts";
import { withDatabase } from "./components.ts";
import { tenant } from "./seed.ts";

const answerMs = 10_000;

/** What the index holds, whichever kind of index it is: product → version, without what was removed. */
export function documentVersions(context: AuditContext): Promise<Versions> {
  return context.kinds["search"] === "opensearch" ? inOpenSearch(context) : inPostgres(context);
}

function inPostgres(context: AuditContext): Promise<Versions> {
  const text = "SELECT id, version FROM documents WHERE tenant = $1 AND NOT removed ORDER BY id";
  return withDatabase(context, "search", async (search) => {
    const { rows } = await search.query(text, [tenant]);
    return new Map(rows.map(({ id, version }) => [Number(id), Number(version)]));
  });
}

interface Found {
  readonly hits: { readonly hits: readonly { readonly _source: { readonly id: number; readonly version: number } }[] };
}

async function inOpenSearch({ addresses, signal }: AuditContext): Promise<Versions> {
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
  return new Map(found.hits.hits.map(({ _source: { id, version } }) => [id, version]));
}
