export { readHistory, type StoredHistory } from "./history-reader.ts";
export { HistoryWriter } from "./history-writer.ts";
