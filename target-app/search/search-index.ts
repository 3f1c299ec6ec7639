export interface ProductDocument {
  readonly tenant: string;
  readonly id: number;
  readonly version: number;
  readonly name: string;
  readonly note: string;
  readonly priceCents: number;
}
export interface SearchRequest {
  readonly tenant: string;
  readonly text: string;
  readonly limit: number;
  readonly offset: number;
}
export interface Hit {
  readonly id: number;
  readonly name: string;
  readonly note: string;
  readonly priceCents: number;
  readonly version: number;
}
export interface SearchAnswer {
  readonly total: number;
  readonly hits: readonly Hit[];
}
export type Applied = "applied" | "outdated";
export interface SearchIndex {
  prepare(): Promise<void>;
  put(document: ProductDocument): Promise<Applied>;
  remove(removal: { readonly tenant: string; readonly id: number; readonly version: number }): Promise<Applied>;
  search(request: SearchRequest): Promise<SearchAnswer>;
  ping(): Promise<void>;
  isReady(): boolean;
  close(): Promise<void>;
}
