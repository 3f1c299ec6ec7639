/** @returns `840 µs`, `3.2 ms`, `41 ms`, `1.34 s`; `never` for what did not end; `–` for what is not known */
export function duration(ms: number | null | undefined): string {
  if (ms === undefined || ms === null || Number.isNaN(ms)) return "–";
  if (!Number.isFinite(ms)) return "never";
  const size = Math.abs(ms);
  if (size >= 10_000) return `${fixed(ms / 1000, 1)} s`;
  if (size >= 1000) return `${fixed(ms / 1000, 2)} s`;
  if (size >= 10 || size === 0) return `${fixed(ms, 0)} ms`;
  if (size >= 1) return `${fixed(ms, 1)} ms`;
  return `${fixed(ms * 1000, 0)} µs`;
}

/** A point on the run's clock, for people: `12.004 s`. */
export const clock = (ms: number | undefined): string => (ms === undefined ? "–" : `${fixed(ms / 1000, 3)} s`);

/** Relative to the first injection: `+0.412 s`, `−1.200 s`. */
export function relative(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return "never";
  return `${ms < 0 ? "−" : "+"}${Math.abs(ms / 1000).toFixed(3)} s`;
}

/** `1,612`. */
export const count = (value: number): string => value.toLocaleString("en-US");

/** `99.4 %`; a share that is not quite everything is never rounded up to it, nor down to nothing. */
export function percent(share: number | undefined): string {
  if (share === undefined || Number.isNaN(share)) return "–";
  if (share === 1 || share === 0) return `${share * 100} %`;
  return `${Math.min(99.9, Math.max(0.1, share * 100)).toFixed(1)} %`;
}

/** Two of them: `1 operation`, `2 operations`. */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

function fixed(value: number, digits: number): string {
  return value.toFixed(digits).replace("-", "−");
}
