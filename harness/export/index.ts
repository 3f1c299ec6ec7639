import { csv } from "./csv.ts";
import { hdr } from "./hdr.ts";
import { jsonl } from "./jsonl.ts";
import type { ExportFormat } from "./source.ts";

export type { ExportSource } from "./source.ts";

/** Every format; a new one is one file and one line here. */
export const exportFormats: Readonly<Record<string, ExportFormat>> = { csv, jsonl, hdr };
