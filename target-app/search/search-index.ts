/** A product as the index has it. */
export interface ProductDocument {
  readonly tenant: string;
  readonly id: number;
  readonly version: number;
  readonly name: string;
  readonly note: string;
  readonly priceCents: number;
}

export type Removal = Pick<ProductDocument, "tenant" | "id" | "version">;

export interface SearchRequest {
  readonly tenant: string;
  /** As people type it: no syntax of it is an error. */
  readonly text: string;
  readonly limit: number;
  readonly offset: number;
}

export type Hit = Omit<ProductDocument, "tenant">;

export interface SearchAnswer {
  /** Of all pages together. */
  readonly total: number;
  readonly hits: readonly Hit[];
}

/** `outdated`: the index knows of a newer version, and kept it. */
export type Applied = "applied" | "outdated";

/**
 * The full-text index: words without their endings, stop words left out, the best match first. What matches no product
 * as it is typed is looked for once more with mistakes forgiven.
 *
 * Each method settles within its deadline, and rejects with `Unavailable` when the index does not answer or refuses.
 * A put is found a moment after it has resolved, not in the same.
 */
export interface SearchIndex {
  /** Creates what is missing; may run again, and by several at once. */
  prepare(): Promise<void>;
  /** The same version may come again. */
  put(document: ProductDocument): Promise<Applied>;
  /** What was removed stays known by its version: an older put that comes later does not bring it back. */
  remove(removal: Removal): Promise<Applied>;
  search(request: SearchRequest): Promise<SearchAnswer>;
  /** Up to so many keys of documents that are there, in a fixed order, after the one given. */
  keysAfter(key: { readonly tenant: string; readonly id: number }, limit: number): Promise<readonly Removal[]>;
  /** Forgets a document, and that it ever was, if it still is in that version: the source of truth does not know it. */
  forget(document: Removal): Promise<void>;
  ping(): Promise<void>;
  /** Without asking it. */
  isReady(): boolean;
  close(): Promise<void>;
}
