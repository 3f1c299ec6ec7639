import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { messageOf, usageError } from "../model/errors.ts";
import { redacting } from "../model/redact.ts";
import type { Json } from "../model/units.ts";
import { readHistory, type StoredHistory } from "./history-reader.ts";

/** The most that a run keeps, in bytes of JSON. */
const totalLimitBytes = 64 * 1024 * 1024;

/** A line of `evidence.jsonl`: what an operation kept, or how many have given too much until then. */
type Line = { readonly id: number; readonly evidence: Json } | { readonly cut: number };

/** The evidence of a run that its judgements kept. */
export interface KeptEvidence {
  /** By the id of the operation. */
  readonly kept: ReadonlyMap<number, Json>;
  /** How many operations gave more than is kept. */
  readonly cut: number;
  /** Whether the last line was not written to its end. */
  readonly isTorn: boolean;
}

/** Writes `evidence.jsonl` as it happens; there is no file when no judgement keeps anything. */
export class KeptEvidenceWriter {
  readonly #path: string;
  readonly #redact: (name: string, value: unknown) => unknown;
  readonly #limitBytes: number;
  #lines: string[] = [];
  #bytes = 0;
  #cut = 0;
  #writtenCut = 0;

  /**
   * @param secrets what must not be found in it, besides what looks like a secret
   * @param limitBytes for tests
   */
  constructor(path: string, secrets: readonly string[] = [], limitBytes: number = totalLimitBytes) {
    this.#path = path;
    this.#redact = redacting(secrets);
    this.#limitBytes = limitBytes;
  }

  /** Why the run cannot say: a check that reads what is kept would judge without what was left out. */
  reasons(): readonly string[] {
    if (this.#cut === 0) return [];
    return [`${this.#cut} operations gave more evidence than is kept: keep at most 1 KiB of each, and 64 MiB in all`];
  }

  keep(id: number, evidence: Json): void {
    const line = `${JSON.stringify({ id, evidence } satisfies Line, this.#redact)}\n`;
    const bytes = Buffer.byteLength(line);
    if (this.#bytes + bytes > this.#limitBytes) {
      this.leftOut();
      return;
    }
    this.#bytes += bytes;
    this.#lines.push(line);
  }

  /** Counts evidence that was too large to be kept. */
  leftOut(): void {
    this.#cut += 1;
  }

  /** @throws FaultlineError HISTORY_WRITE_FAILED */
  flush(): void {
    if (this.#cut > this.#writtenCut) {
      this.#lines.push(`${JSON.stringify({ cut: this.#cut } satisfies Line)}\n`);
      this.#writtenCut = this.#cut;
    }
    if (this.#lines.length === 0) return;
    const text = this.#lines.join("");
    this.#lines = [];
    try {
      appendFileSync(this.#path, text);
    } catch (error) {
      const message = `the evidence of operations could not be written: ${messageOf(error)}`;
      const remedy = "Free some disk space, or run where the folder can be written.";
      throw usageError({ code: "HISTORY_WRITE_FAILED", where: this.#path, message, remedy }, { cause: error });
    }
  }
}

/**
 * Reads what a `KeptEvidenceWriter` wrote; nothing when there is no such file. A torn last line is what a killed run leaves.
 * @throws Error when another line is not as it was written
 */
export function readKeptEvidence(path: string): KeptEvidence {
  const kept = new Map<number, Json>();
  let cut = 0;
  if (!existsSync(path)) return { kept, cut, isTorn: false };
  const lines = readFileSync(path, "utf8").split("\n");
  const rest = lines.pop();
  for (const [index, text] of lines.entries()) {
    const line = lineOf(text);
    if (line === undefined) throw new Error(`line ${index + 1} is not as it was written`);
    if ("cut" in line) cut = Math.max(cut, line.cut);
    else kept.set(line.id, line.evidence);
  }
  return { kept, cut, isTorn: rest !== "" };
}

/**
 * Reads what a load left of its operations.
 * @throws FaultlineError as `readHistory` does
 */
export function readOperations(folder: {
  readonly history: string;
  readonly kept: string;
}): StoredHistory & KeptEvidence {
  return { ...readHistory(folder.history), ...readKeptEvidence(folder.kept) };
}

function lineOf(text: string): Line | undefined {
  try {
    const line = JSON.parse(text) as Partial<Record<"id" | "evidence" | "cut", Json>> | null;
    if (Number.isInteger(line?.cut)) return { cut: line!.cut as number };
    if (Number.isInteger(line?.id) && line!.evidence !== undefined) {
      return { id: line!.id as number, evidence: line!.evidence };
    }
  } catch {
    // Not JSON: not as it was written.
  }
  return undefined;
}
