/** A length of time for people: `250 ms`, `2 s`, `1.25 s`. */
export function spokenMs(ms: number): string {
  if (Math.abs(ms) < 1000) return `${Number(ms.toFixed(ms < 10 ? 1 : 0))} ms`;
  return `${Number((ms / 1000).toFixed(2))} s`;
}

/** A share for people, with as many digits as tell it from 100 %: `99.5 %`, `99.96 %`. */
export function spokenShare(share: number): string {
  for (const digits of [1, 2, 3]) {
    const text = (share * 100).toFixed(digits);
    if (share === 1 || Number(text) < 100) return `${Number(text)} %`;
  }
  return `${share * 100} %`;
}

/** `1,612`. */
export const grouped = (count: number): string => count.toLocaleString("en-US");

/** `1 read`, `2,000 reads`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}
