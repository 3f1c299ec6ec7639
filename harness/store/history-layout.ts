/**
 * The layout of `history.bin`, version 3. Everything is little endian, and everything is a record of 48 bytes, so that
 * the place of any record is a multiple of 48.
 *
 * Header (record 0): bytes 0–7 `FLTHIST\n`, 8–11 layout version u32, 12–15 record size u32, the rest is 0.
 *
 * Byte 43 of every other record is its outcome, or says what else it is:
 *
 * | bytes | operation (43: 0–5) | text (43: 255) | seal (43: 254) |
 * | --- | --- | --- | --- |
 * | 0–7 | intended, f64 ms on the run's clock | text, UTF-8 (0–39) | 0–3 CRC-32 of the block; 4–7 its records |
 * | 8–11, 12–15, 16–19 | dispatched, wire, end: u32 µs after intended, 0xffffffff never | text | 0 |
 * | 20–23, 24–27, 28–31 | id, key, value: u32; value 0xffffffff none | text | 0 |
 * | 32–39 | version, f64, NaN none | text | 0 |
 * | 40–41 | session u16 | bytes of text in this record u16 | 0 |
 * | 42 | operation u8 | 0 | 0 |
 * | 44–45 | error u16 | the error number that the text belongs to | 0 |
 * | 46 | phase in bits 0–3, grant in bits 4–5, `operationFlags` in bits 6–7 | 0 | 0 |
 * | 47 | target u8 | 0 | 0 |
 *
 * A text longer than 40 bytes continues in the next text record of the same number. Each write is a block: some records
 * and a seal over them. What follows the last seal was not written to its end, and is not read.
 *
 * Version 2, which is read as well, has the grant in bits 4–7 of byte 46 and no flags.
 */
export const layout = {
  magic: "FLTHIST\n",
  version: 3,
  /** The oldest version that is read. */
  oldestVersion: 2,
  recordSize: 48,
  outcomeAt: 43,
  textOutcome: 255,
  sealOutcome: 254,
  textBytes: 40,
  never: 0xffff_ffff,
} as const;

/** No block is longer than this, its seal included: 1 MiB, rounded down to whole records. */
export const blockBytes = 1024 * 1024 - ((1024 * 1024) % layout.recordSize);
