import { columns, linesOf } from "./rows.ts";
import type { ExportFormat } from "./source.ts";

/** One JSON object a line; what was not told is left out. */
export const jsonl: ExportFormat = {
  summary: "one JSON object a line",
  pieces: (source) =>
    linesOf(source, (row) =>
      JSON.stringify(Object.fromEntries(columns.map(({ name, of }) => [name, of(source, row)]))),
    ),
};
