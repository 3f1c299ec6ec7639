import { build, HistogramLogWriter } from "hdr-histogram-js";
import { loadPhases, outcomeCode } from "../model/history.ts";
import { type ExportFormat, type ExportSource, operationAt } from "./source.ts";

const okCode = outcomeCode("ok");

/**
 * An HdrHistogram log (format 1.3, V2 compressed histograms), which the usual tools draw: one interval for each phase and
 * operation, tagged `<phase>.<operation>`, with the response times (end − intended) of the operations that were ok, in
 * microseconds with three significant digits.
 */
export const hdr: ExportFormat = {
  summary: "an HdrHistogram log of response times, tagged by phase and operation",
  *pieces(source) {
    const lines: string[] = [];
    const writer = new HistogramLogWriter((content) => lines.push(content));
    writer.outputLogFormatVersion();
    writer.outputComment(`Faultline run ${source.record.id}; response times of operations that were ok, in µs`);
    writer.outputStartTime(Date.parse(source.record.startedAt));
    writer.outputLegend();
    for (const { phase, operation, fromMs, toMs } of intervalsOf(source)) {
      const histogram = build({
        lowestDiscernibleValue: 1,
        highestTrackableValue: 3_600_000_000,
        numberOfSignificantValueDigits: 3,
      });
      const { history } = source;
      for (let row = 0; row < history.count; row += 1) {
        if (history.phase[row] !== phase || history.operation[row] !== operation || history.outcome[row] !== okCode)
          continue;
        histogram.recordValue(Math.max(1, Math.round((history.endMs[row]! - history.intendedMs[row]!) * 1000)));
      }
      if (histogram.totalCount === 0) continue;
      histogram.tag = `${loadPhases[phase]}.${operationAt(source, operation).name}`.replaceAll(/[\s,]+/g, "_");
      writer.outputIntervalHistogram(histogram, fromMs / 1000, toMs / 1000, 1000);
      yield lines.splice(0).join("");
    }
    yield lines.join("");
  },
};

function intervalsOf({ record }: ExportSource) {
  return loadPhases.flatMap((name, phase) => {
    const interval = record.phases[name];
    return interval === undefined
      ? []
      : record.plan.operations.map((_, operation) => ({ phase, operation, ...interval }));
  });
}
