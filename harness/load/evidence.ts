/** The most that an operation keeps, as JSON in UTF-8. */
export const evidenceLimitBytes = 1024;

/** Stands for evidence that was too large to be kept. */
export const tooLarge = Symbol("evidence that is too large");

/**
 * Finds what JSON would silently change: a Map becomes {}, NaN null, and a date a text. Stops at the limit, so that neither
 * a whole body nor a circle costs more than what is kept.
 * @returns undefined when it can be kept as it is, what is wrong with it, or `tooLarge`
 */
export function problemOfEvidence(evidence: unknown): string | typeof tooLarge | undefined {
  if (evidence === undefined) return undefined;
  const stack: unknown[] = [evidence];
  let atLeast = 0;
  while (stack.length > 0) {
    const one = stack.pop();
    const problem = problemOfPart(one);
    if (problem !== undefined) return `gave evidence that JSON does not carry: ${problem}`;
    // Each part takes a character at least, and each but the last a comma.
    atLeast += typeof one === "string" ? one.length + 2 : 1;
    if (typeof one === "object" && one !== null) {
      const isList = Array.isArray(one);
      for (const [name, part] of Object.entries(one)) {
        atLeast += isList ? 1 : name.length + 3;
        if (atLeast > evidenceLimitBytes) return tooLarge;
        stack.push(part);
      }
    }
    if (atLeast > evidenceLimitBytes) return tooLarge;
  }
  return Buffer.byteLength(JSON.stringify(evidence)) > evidenceLimitBytes ? tooLarge : undefined;
}

function problemOfPart(part: unknown): string | undefined {
  if (part === null || typeof part === "string" || typeof part === "boolean") return undefined;
  if (typeof part === "number") return Number.isFinite(part) ? undefined : String(part);
  if (typeof part !== "object") return typeof part;
  if (Array.isArray(part)) return part.length === Object.keys(part).length ? undefined : "a list with holes";
  const prototype: unknown = Object.getPrototypeOf(part);
  if (prototype === Object.prototype || prototype === null) return undefined;
  return `an object of class ${part.constructor.name}`;
}
