const esc = "\u001b";
const sequence = new RegExp(`^${esc}\\[(\\d*)([A-Za-z])`);

/** What stands in a terminal after what it was written, scrolled lines included. It knows what Faultline uses, and no more. */
export class Terminal {
  readonly #columns: number;
  readonly #lines: string[] = [""];
  #row = 0;
  #column = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** @throws Error on a sequence that it does not know */
  write(text: string): void {
    for (let at = 0; at < text.length; ) {
      const [whole, count, letter] = sequence.exec(text.slice(at, at + 12)) ?? [];
      if (whole !== undefined) this.#act(letter!, Number(count) || 1);
      else if (text[at] === esc) throw new Error(`unknown: ${JSON.stringify(text.slice(at, at + 8))}`);
      else this.#put(text[at]!);
      at += whole?.length ?? 1;
    }
  }

  #act(letter: string, count: number): void {
    if (letter === "m") return;
    if (letter === "A") this.#row = Math.max(0, this.#row - count);
    else if (letter === "J") {
      this.#lines.length = this.#row + 1;
      this.#lines[this.#row] = (this.#lines[this.#row] ?? "").slice(0, this.#column);
    } else throw new Error(`unknown: ${letter}`);
  }

  #put(character: string): void {
    if (character === "\r") this.#column = 0;
    else if (character === "\n") this.#down();
    else {
      // Beyond the last column it goes on in the next line.
      if (this.#column === this.#columns) {
        this.#column = 0;
        this.#down();
      }
      const line = (this.#lines[this.#row] ?? "").padEnd(this.#column);
      this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
      this.#column += 1;
    }
  }

  #down(): void {
    this.#row += 1;
    this.#lines[this.#row] ??= "";
  }
}
