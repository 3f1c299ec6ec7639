import { expect, test } from "vitest";
import * as faultline from "../index.ts";
import { exampleCall, exampleTarget } from "./example-call.ts";
import { faultKinds } from "./index.ts";

test.each(faultKinds.map((kind) => [kind.kind, kind] as const))("the call of %s makes its example", (name, kind) => {
  const call = exampleCall(kind);
  // The line as a reader would type it, run over the public names.
  const spec = new Function(...Object.keys(faultline), `return ${call}`)(...Object.values(faultline));
  expect(spec).toEqual({ kind: name, target: exampleTarget(kind), parameters: kind.example });
});

test("durations are written with their unit", () => {
  const kind = faultKinds.find((one) => one.kind === "slices")!;
  expect(exampleCall(kind)).toBe('slices("api->cache", { bytes: 500, pause: milliseconds(20) })');
});
