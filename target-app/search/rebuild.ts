import type { Log } from "../platform/log.ts";
import type { ProductDocument, SearchIndex } from "./search-index.ts";

export type SourceEntry =
  | { readonly kind: "put"; readonly document: ProductDocument }
  | {
      readonly kind: "remove";
      readonly removal: { readonly tenant: string; readonly id: number; readonly version: number };
    };

export async function rebuildIndex(index: SearchIndex, source: AsyncIterable<SourceEntry>, _log: Log): Promise<void> {
  for await (const entry of source) {
    if (entry.kind === "put") await index.put(entry.document);
    else await index.remove(entry.removal);
  }
}
