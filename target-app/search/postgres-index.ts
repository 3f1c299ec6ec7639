import { mutated } from "../mutants.ts";
import { type Database, openDatabase } from "../platform/database.ts";
import { guarded } from "./guarded.ts";
import type { SearchOptions } from "./open.ts";
import type { Applied, Hit, Removal, SearchIndex, SearchRequest } from "./search-index.ts";

/**
 * `words` has the name before the note, and of the note each token as it stands, too: the parser takes `k3f9-12` for a
 * word and a number of its own, and `k3f9-13` would be found by it.
 */
const schema = `
  SELECT pg_advisory_xact_lock(7203012);
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE TABLE IF NOT EXISTS documents (
    tenant text NOT NULL,
    id integer NOT NULL,
    version integer NOT NULL,
    -- A removed product keeps its row, so that an older version does not come back.
    removed boolean NOT NULL DEFAULT false,
    name text NOT NULL DEFAULT '',
    note text NOT NULL DEFAULT '',
    price_cents integer NOT NULL DEFAULT 0,
    words tsvector NOT NULL GENERATED ALWAYS AS (
      setweight(to_tsvector('english', name), 'A') || setweight(to_tsvector('english', note), 'B')
    ) STORED,
    PRIMARY KEY (tenant, id)
  );
  CREATE INDEX IF NOT EXISTS documents_words ON documents USING gin (words);
  CREATE INDEX IF NOT EXISTS documents_name ON documents USING gin (name gin_trgm_ops);
`;

/** What comes late must not undo what came before it. */
const onlyNewer = mutated("unversioned-index") ? "" : "WHERE documents.version <= $3";

const put = `
  INSERT INTO documents (tenant, id, version, name, note, price_cents) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (tenant, id) DO UPDATE SET version = $3, removed = false, name = $4, note = $5, price_cents = $6
  ${onlyNewer}
`;

const remove = `
  INSERT INTO documents (tenant, id, version, removed) VALUES ($1, $2, $3, true)
  ON CONFLICT (tenant, id) DO UPDATE SET version = $3, removed = true, name = '', note = '' ${onlyNewer}
`;

const columns = `id, name, note, price_cents AS "priceCents", version, count(*) OVER ()::integer AS total`;

/** A note is found by a phrase of the same tokens in the same order, so that one machine token is not another's. */
const exact = `
  SELECT ${columns} FROM documents, websearch_to_tsquery('english', $2) AS query
  WHERE tenant = $1 AND NOT removed AND words @@ query
  ORDER BY ts_rank(words, query) DESC, id LIMIT $3 OFFSET $4
`;

/** Each word of the question that is not a stop word must be near to some word of the name. */
const near = `
  WITH asked AS (
    SELECT word FROM regexp_split_to_table(lower($2), '[^[:alnum:]]+') AS word
    WHERE length(word) > 3 AND numnode(plainto_tsquery('english', word)) > 0)
  SELECT ${columns} FROM documents
  WHERE tenant = $1 AND NOT removed AND EXISTS (SELECT FROM asked)
    AND NOT EXISTS (SELECT FROM asked WHERE strict_word_similarity(word, lower(name)) < 0.3)
  ORDER BY (SELECT sum(strict_word_similarity(word, lower(name))) FROM asked) DESC, id LIMIT $3 OFFSET $4
`;

type Found = Hit & { readonly total: number };

/** The index in a Postgres of its own. */
export function postgresIndex(url: string, { log, poolSize, readMs, feedMs }: Required<SearchOptions>): SearchIndex {
  const longestMs = Math.max(readMs, feedMs);
  const limits = { poolSize, connectMs: readMs, queryMs: longestMs, transactionMs: longestMs };
  const database = openDatabase(url, limits, log);
  const { run, isReady } = guarded(log);
  const feed = (what: string, text: string, values: readonly unknown[]) =>
    run(what, feedMs, async () => applied((await database.query(text, values)).rowCount));

  return {
    prepare: () => run("prepare", longestMs, () => prepare(database)),
    put: ({ tenant, id, version, name, note, priceCents }) =>
      feed("put", put, [tenant, id, version, name, note, priceCents]),
    remove: ({ tenant, id, version }) => feed("remove", remove, [tenant, id, version]),
    search: (request) => run("search", readMs, () => search(database, request)),
    keysAfter: ({ tenant, id }, limit) =>
      run("list", feedMs, async () => {
        const list = "SELECT tenant, id, version FROM documents WHERE (tenant, id) > ($1, $2) ORDER BY 1, 2 LIMIT $3";
        return (await database.query<Removal>(list, [tenant, id, limit])).rows;
      }),
    forget: async ({ tenant, id, version }) => {
      const text = "DELETE FROM documents WHERE tenant = $1 AND id = $2 AND version = $3";
      await feed("forget", text, [tenant, id, version]);
    },
    ping: () => run("ping", readMs, async () => void (await database.query("SELECT FROM documents LIMIT 1"))),
    isReady,
    close: () => database.close(),
  };
}

function applied(rowCount: number | null): Applied {
  return rowCount === 0 ? "outdated" : "applied";
}

async function prepare(database: Database): Promise<void> {
  await database.transaction(async (session) => {
    for (const statement of schema.split(";\n").filter((text) => text.trim() !== "")) await session.query(statement);
  });
}

async function search(database: Database, { tenant, text, limit, offset }: SearchRequest) {
  // Postgres takes any character but this one.
  const values = [tenant, text.replaceAll("\0", " "), limit, offset];
  for (const question of [exact, near]) {
    const { rows } = await database.query<Found>(question, values);
    const [first] = rows;
    if (first !== undefined) return { total: first.total, hits: rows.map(({ total: _total, ...hit }) => hit) };
    // A page after the last one is empty, and yet there are hits.
    if (offset === 0) continue;
    const { rows: before } = await database.query<Found>(question, [tenant, values[1], 1, 0]);
    if (before[0] !== undefined) return { total: before[0].total, hits: [] };
  }
  return { total: 0, hits: [] };
}
