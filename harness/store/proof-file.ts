import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf, usageError } from "../model/errors.ts";
import type { Cell, Proof } from "../model/prove/proof.ts";
import { redacting } from "../model/redact.ts";

const journalName = "prove.jsonl";

/** The cells that a proof has been through, each kept at once, so that it can go on where it was stopped. */
export function openCells(root: string, { fresh }: { readonly fresh: boolean }) {
  mkdirSync(root, { recursive: true });
  const path = join(root, journalName);
  if (fresh) rmSync(path, { force: true });
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
  return {
    /** Those of earlier; a line that was torn is none. */
    known: lines.flatMap((line): Cell[] => {
      try {
        return line === "" ? [] : [JSON.parse(line) as Cell];
      } catch {
        return [];
      }
    }),
    // A line of its own also after one that was torn.
    add: (cell: Cell): void => appendFileSync(path, `\n${JSON.stringify(cell, redacting())}\n`),
  };
}

/** @returns the path */
export function writeProof(root: string, name: "prove.json" | "prove.html", text: string): string {
  const path = join(root, name);
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
  return path;
}

export const proofText = (proof: Proof): string => `${JSON.stringify(proof, redacting(), 2)}\n`;

/** @throws FaultlineError (64) when there is no proof */
export function readProof(path: string): Proof {
  try {
    const proof = JSON.parse(readFileSync(path, "utf8")) as Proof;
    if (proof.version !== 1 || !Array.isArray(proof.mutants)) throw new Error("it is no proof of this version");
    return proof;
  } catch (error) {
    const remedy = "Name a prove.json that `faultline prove` wrote, or leave --known out.";
    throw usageError({ code: "NO_PROOF", where: path, message: messageOf(error), remedy }, { cause: error });
  }
}
