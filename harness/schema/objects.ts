import { z } from "zod";

/**
 * An object that may be of a class of the user's own: a plain one has these fields and no others, so that a misspelt one is
 * found; an instance may have whatever it needs besides.
 */
export function ofAnyClass<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape);
  const asRead = (given: unknown): unknown => {
    // A promise that a transformation returns would be awaited.
    if (given instanceof Promise) return null;
    if (!isOfClass(given)) return given;
    return Object.fromEntries(known.flatMap((key) => (key in given ? [[key, given[key]]] : [])));
  };
  return z.preprocess(asRead, z.strictObject(shape));
}

/** Whether it was made by a class, and is not one of the language's own, as a promise or a date. */
function isOfClass(given: unknown): given is Record<string, unknown> {
  if (Object.prototype.toString.call(given) !== "[object Object]") return false;
  const prototype: unknown = Object.getPrototypeOf(given);
  return prototype !== null && prototype !== Object.prototype;
}
