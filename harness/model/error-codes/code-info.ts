import type { exits } from "../exits.ts";

type Exit = (typeof exits)[keyof typeof exits];

/** What is known of a code before any error has it. The error itself says where, what was given, and what to do there. */
export interface CodeInfo {
  /** What a command that ends with it exits with; several where it depends on the command. */
  readonly exit: Exit | readonly [Exit, Exit, ...Exit[]];
  /** In one sentence, whatever the place: what is wrong. */
  readonly meaning: string;
  /** In one sentence, in the imperative. */
  readonly remedy: string;
}

/** Code → what it means. */
export type CodeInfos = Readonly<Record<string, CodeInfo>>;
