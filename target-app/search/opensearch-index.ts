import { type API, Client, errors } from "@opensearch-project/opensearch";
import { mutated } from "../mutants.ts";
import { guarded } from "./guarded.ts";
import type { SearchOptions } from "./open.ts";
import type { Applied, Hit, ProductDocument, Removal, SearchIndex, SearchRequest } from "./search-index.ts";

const name = "products";

const settings = {
  settings: {
    number_of_shards: 1,
    number_of_replicas: 0,
    refresh_interval: "200ms",
    analysis: {
      filter: {
        stops: { type: "stop", stopwords: "_english_" },
        stems: { type: "stemmer", language: "english" },
      },
      analyzer: {
        words: { type: "custom", tokenizer: "standard", filter: ["lowercase", "stops", "stems"] as string[] },
      },
    },
  },
  mappings: {
    dynamic: "strict",
    properties: {
      tenant: { type: "keyword" },
      id: { type: "integer" },
      version: { type: "integer", index: false },
      removed: { type: "boolean" },
      name: { type: "text", analyzer: "words" },
      note: { type: "text", analyzer: "words" },
      priceCents: { type: "integer", index: false },
    },
  },
} satisfies API.Indices_Create_RequestBody;

interface Stored extends ProductDocument {
  readonly removed: boolean;
}

/** The index in an OpenSearch. */
export async function openSearchIndex(
  url: string,
  { log, poolSize, readMs, feedMs }: Required<SearchOptions>,
): Promise<SearchIndex> {
  // One layer retries, and it is not this one. Its own timeout ends with the headers: ours is the deadline of `run`.
  // Connections of a rush are not kept after it: they would look like a leak.
  const agent = { maxSockets: poolSize, maxFreeSockets: 2, keepAlive: true };
  const client = new Client({ node: url, maxRetries: 0, agent });
  const { run, isReady } = guarded(log);

  const write = (what: string, { tenant, id, version }: Removal, body: object) =>
    run(what, feedMs, (signal) =>
      abortable(signal, () =>
        client.index({
          index: name,
          id: `${tenant}:${id}`,
          body: { tenant, id, version, ...body },
          // A write that was given up may still be made, later than one that came after it.
          ...(mutated("unversioned-index") ? {} : { version, version_type: "external_gte" }),
          timeout: `${feedMs}ms`,
        }),
      ).then((): Applied => "applied", outdated),
    );

  return {
    prepare: () => run("prepare", Math.max(feedMs, 10_000), (signal) => prepare(client, signal)),
    put: ({ tenant, id, version, ...rest }) => write("put", { tenant, id, version }, { ...rest, removed: false }),
    // As a document: what is deleted is remembered by its version for a minute only, and not across a restart.
    remove: (removal) => write("remove", removal, { removed: true }),
    search: (request) => run("search", readMs, (signal) => search(client, request, signal)),
    keysAfter: (key, limit) => run("list", feedMs, (signal) => keysAfter(client, key, limit, signal)),
    forget: ({ tenant, id, version }) =>
      run("forget", feedMs, (signal) =>
        abortable(signal, () =>
          client.delete({ index: name, id: `${tenant}:${id}`, version, version_type: "external_gte" }),
        ).then(() => undefined, unlessGone),
      ),
    ping: () =>
      run("ping", readMs, (signal) => abortable(signal, () => client.count({ index: name })).then(() => undefined)),
    isReady,
    close: () => client.close(),
  };
}

/** The client's requests are ended by a method of their own. */
async function abortable<T>(signal: AbortSignal, start: () => Promise<T> & { abort(): void }): Promise<T> {
  const request = start();
  const abort = () => {
    // Nothing is returned: it would be the request, and its failure one that nobody handles.
    request.abort();
  };
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await request;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function outdated(error: unknown): Applied {
  if (statusOf(error) === 409) return "outdated";
  throw error;
}

/** It is newer than it was, or somebody else has forgotten it; only the latter is a 404 without an error in it. */
function unlessGone(error: unknown): void {
  const isForgotten = error instanceof errors.ResponseError && error.body?.["result"] === "not_found";
  if (!isForgotten) outdated(error);
}

function statusOf(error: unknown): number | undefined {
  return error instanceof errors.ResponseError ? (error.statusCode ?? undefined) : undefined;
}

async function prepare(client: Client, signal: AbortSignal): Promise<void> {
  const { body: exists } = await abortable(signal, () => client.indices.exists({ index: name }));
  if (!exists) {
    await abortable(signal, () => client.indices.create({ index: name, body: settings })).catch((error) => {
      // Somebody else was a moment faster.
      if (statusOf(error) !== 400 || !String(error).includes("resource_already_exists")) throw error;
    });
  }
  await abortable(signal, () => client.cluster.health({ index: name, wait_for_status: "yellow", timeout: "10s" }));
  await warm(client, signal);
}

/** A server that was just started takes longer for its first answers than anybody waits: asked until it does not, for 3 s at most. */
async function warm(client: Client, signal: AbortSignal): Promise<void> {
  const question = { tenant: "nobody", text: "nothing like it", limit: 1, offset: 0 };
  const endsAt = performance.now() + 3000;
  for (let quick = 0; quick < 30 && performance.now() < endsAt; ) {
    const startedAt = performance.now();
    await search(client, question, signal);
    quick = performance.now() - startedAt < 20 ? quick + 1 : 0;
  }
}

async function search(client: Client, { tenant, text, limit, offset }: SearchRequest, signal: AbortSignal) {
  const filter = [{ term: { tenant } }, { term: { removed: false } }];
  for (const must of [exactly(text), nearly(text)]) {
    const { body } = await abortable(signal, () =>
      client.search({
        index: name,
        body: {
          query: { bool: { filter, must } },
          sort: ["_score", { id: "asc" }],
          from: offset,
          size: limit,
          track_total_hits: true,
        },
      }),
    );
    const { total, hits } = body.hits as { total: { value: number }; hits: readonly { _source: Stored }[] };
    if (total.value > 0) return { total: total.value, hits: hits.map(({ _source }) => hitOf(_source)) };
  }
  return { total: 0, hits: [] };
}

/** All words of it, each in the name or in the note; those with something between them in that order and place. */
function exactly(text: string): object {
  const phrases = text.split(/\s+/).filter((word) => /[\p{L}\p{N}][^\p{L}\p{N}]+[\p{L}\p{N}]/u.test(word));
  const fields = ["name^4", "note"];
  return {
    bool: {
      must: { multi_match: { query: text, fields, type: "cross_fields", operator: "and", zero_terms_query: "none" } },
      filter: phrases.map((query) => ({ multi_match: { query, fields, type: "phrase", zero_terms_query: "all" } })),
    },
  };
}

function nearly(text: string): object {
  return {
    match: { name: { query: text, operator: "and", fuzziness: "AUTO", prefix_length: 1, zero_terms_query: "none" } },
  };
}

function hitOf({ id, name, note, priceCents, version }: Stored): Hit {
  return { id, name, note, priceCents, version };
}

async function keysAfter(client: Client, after: { tenant: string; id: number }, limit: number, signal: AbortSignal) {
  // What was written a moment ago must be in the list.
  await abortable(signal, () => client.indices.refresh({ index: name }));
  const { body } = await abortable(signal, () =>
    client.search({
      index: name,
      body: { sort: [{ tenant: "asc" }, { id: "asc" }], search_after: [after.tenant, after.id], size: limit },
    }),
  );
  const { hits } = body.hits as { hits: readonly { _source: Stored }[] };
  return hits.map(({ _source: { tenant, id, version } }) => ({ tenant, id, version }));
}
