import type { Address } from "../model/environment.ts";
import type { CutOrder, SilenceOrder } from "../model/relay.ts";
import type { RelayServer } from "./relay-server.ts";

/** What the thread of the relays is asked to do. */
export type RelayCall = { readonly id: number; readonly link: string } & (
  | { readonly call: "open"; readonly args: readonly [listen: Address, upstream: Address] }
  | { readonly call: "silence"; readonly args: readonly [name: string, order: SilenceOrder] }
  | { readonly call: "cutOn"; readonly args: readonly [name: string, order: CutOrder] }
  | { readonly call: "forget"; readonly args: readonly [name: string] }
  | { readonly call: "stopCutting"; readonly args: readonly [name: string] }
  | { readonly call: "silenceCounts"; readonly args: readonly [name: string] }
  | { readonly call: "cutCounts"; readonly args: readonly [name: string] }
  | { readonly call: "state"; readonly args: readonly [] }
);
export type Call = RelayCall["call"];
export type ArgsOf<Name extends Call> = Extract<RelayCall, { readonly call: Name }>["args"];
export type ValueOf<Name extends Call> = Name extends keyof RelayServer
  ? RelayServer[Name] extends (...args: never[]) => infer Value
    ? Value
    : never
  : undefined;

export interface RelayReply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Asks the thread of the relays to close all that it carries, and to end. */
export const endOfRelays = "end";
