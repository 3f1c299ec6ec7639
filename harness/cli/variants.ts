import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { compareVariants, type VariantsCompared } from "../model/compare/variants.ts";
import { messageOf, usageError } from "../model/errors.ts";
import { renderVariants, variantsLines } from "../report/index.ts";
import { readRun } from "../store/read-run.ts";
import type { Output } from "./output.ts";
import type { Planned } from "./planned.ts";
import type { Finished } from "./run-one.ts";

/** Compares the variants of each scenario that ran on several of them, and leaves a page of each beside the runs. */
export function tellVariants(finished: readonly Finished[], into: string, output: Output): readonly VariantsCompared[] {
  const onVariants = finished.filter(({ record }) => record.scenario.variant !== undefined);
  const groups = Map.groupBy(onVariants, ({ record }) => record.scenario.id);
  return [...groups.values()].flatMap((group) => {
    try {
      const compared = compareVariants(group.map(({ folder }) => readRun(folder)));
      if (compared === undefined) return [];
      const page = join(into, `variants-${compared.scenario}.html`);
      writeFileSync(page, renderVariants(compared));
      const options = { colour: output.colours.isColorSupported, page: relative(process.cwd(), page) };
      output.say("", ...variantsLines(compared, options));
      return [compared];
    } catch (error) {
      // The runs are what they are, compared or not.
      output.say(`the variants could not be compared: ${messageOf(error)}`);
      return [];
    }
  });
}

/** A baseline is of one system. @throws FaultlineError BASELINE_OF_ONE_VARIANT */
export function refuseSeveralVariants(planned: readonly Planned[]): void {
  const variants = planned.flatMap(({ variant }) => (variant === undefined ? [] : [variant]));
  if (variants.length < 2) return;
  throw usageError({
    code: "BASELINE_OF_ONE_VARIANT",
    where: "--baseline",
    message: `is held against one variant of a system, and this runs ${variants.length}`,
    remedy: `Choose one, as --variant ${variants[0]}.`,
  });
}
