/** The limit that leaves so many numbers free below it: the kernel gives the lowest free number, and none at the limit. */
export function limitLeaving(spare: number, taken: readonly number[]): number {
  let free = 0;
  for (let limit = 0; ; limit += 1) {
    if (taken.includes(limit)) continue;
    if (free === spare) return limit;
    free += 1;
  }
}
