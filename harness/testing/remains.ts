import { setTimeout as sleep } from "node:timers/promises";

/**
 * Looks again and again whether something still is as it should stay: for a test of what must not happen. Looks are
 * counted, not time: a machine that stands still can swallow a whole sleep before what is watched had a single turn. Each
 * look comes after a turn of the event loop, and the first that fails shows when it happened.
 * @param assert throws when it is no longer so
 * @param options 15 looks, 10 ms apart, unless they say otherwise
 * @throws what `assert` throws
 * @example await remains(() => expect(starts).toHaveLength(1));
 */
export async function remains(
  assert: () => unknown,
  { looks = 15, everyMs = 10 }: { readonly looks?: number; readonly everyMs?: number } = {},
): Promise<void> {
  for (let look = 0; look < looks; look += 1) {
    await sleep(everyMs);
    await assert();
  }
}
