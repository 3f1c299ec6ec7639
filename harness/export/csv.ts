import { type Cell, columns, linesOf } from "./rows.ts";
import type { ExportFormat } from "./source.ts";

/** Comma-separated values (RFC 4180, with \n): a header, then one operation a line; what was not told is empty. */
export const csv: ExportFormat = {
  summary: "comma-separated values with a header",
  *pieces(source) {
    yield `${columns.map(({ name }) => name).join(",")}\n`;
    yield* linesOf(source, (row) => columns.map(({ of }) => cell(of(source, row))).join(","));
  },
};

function cell(value: Cell): string {
  const text = value === undefined ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
