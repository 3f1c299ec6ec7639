import { openDatabase } from "../platform/database.ts";
import type { Log } from "../platform/log.ts";
import type { Hit, SearchIndex } from "./search-index.ts";

export interface SearchOptions {
  readonly log: Log;
  readonly poolSize?: number;
  readonly readMs?: number;
  readonly feedMs?: number;
}

export function openSearchIndex(url: string, { log, poolSize = 4, readMs = 300 }: SearchOptions): SearchIndex {
  const database = openDatabase(url, { poolSize, connectMs: 300, queryMs: readMs, transactionMs: readMs }, log);
  return {
    async prepare() {
      await database
        .query(
          "CREATE TABLE IF NOT EXISTS documents (tenant text, id int, version int, name text, note text, price_cents int, deleted boolean default false, primary key (tenant, id))",
        )
        .catch(() => undefined);
    },
    async put(d) {
      const r = await database.query(
        `INSERT INTO documents VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT (tenant,id) DO UPDATE SET version=$3,name=$4,note=$5,price_cents=$6,deleted=false WHERE documents.version <= $3`,
        [d.tenant, d.id, d.version, d.name, d.note, d.priceCents],
      );
      return r.rowCount === 1 ? "applied" : "outdated";
    },
    async remove(d) {
      const r = await database.query(
        `INSERT INTO documents (tenant,id,version,deleted) VALUES ($1,$2,$3,true) ON CONFLICT (tenant,id) DO UPDATE SET version=$3,deleted=true WHERE documents.version <= $3`,
        [d.tenant, d.id, d.version],
      );
      return r.rowCount === 1 ? "applied" : "outdated";
    },
    async search({ tenant, text, limit, offset }) {
      const { rows } = await database.query<Hit>(
        `SELECT id, name, note, price_cents AS "priceCents", version FROM documents WHERE tenant=$1 AND NOT deleted AND to_tsvector('english', name||' '||note) @@ websearch_to_tsquery('english',$2) ORDER BY id LIMIT $3 OFFSET $4`,
        [tenant, text, limit, offset],
      );
      return { total: rows.length, hits: rows };
    },
    ping: async () => void (await database.query("SELECT 1")),
    isReady: () => true,
    close: () => database.close(),
  };
}
