import { expect, it } from "vitest";
import { boundedBy } from "../../platform/deadline.ts";
import type { Component } from "../../testing/components.ts";
import type { Link } from "../../testing/link.ts";
import { eventually } from "../../testing/processes.ts";
import type { SearchIndex } from "../search-index.ts";
import { documentOf, freshTenant } from "./search-cases.ts";

/** What every index must do while it is away, and after it; it is reached through the link. */
export function absenceCases(open: () => { index: SearchIndex; component: Component; link: Link }): void {
  const answers = async (): Promise<true> => {
    const { index } = open();
    await index.search({ tenant: "anyone", text: "anything", limit: 1, offset: 0 });
    await index.put(documentOf(freshTenant(), 1, "Anything"));
    return true;
  };

  async function refuses(): Promise<void> {
    const { index } = open();
    const request = { tenant: "anyone", text: "kettle", limit: 1, offset: 0 };
    let waits = 0;
    for (let count = 0; count < 20; count++) {
      const began = performance.now();
      await expect(index.search(request)).rejects.toMatchObject({ name: "Unavailable", dependency: "search" });
      if (performance.now() - began > 500) waits += 1;
    }
    await expect(index.put(documentOf("anyone", 1, "Kettle"))).rejects.toMatchObject({ name: "Unavailable" });
    // The first three wait for their deadline, and the others for nobody, though the machine may stand still once.
    expect(waits).toBeLessThanOrEqual(4);
    expect(index.isReady()).toBe(false);
  }

  it("is not taken for away because somebody did not wait for it", async () => {
    const { index } = open();
    const request = { tenant: "anyone", text: "kettle", limit: 1, offset: 0 };
    for (let count = 0; count < 10; count++) {
      await boundedBy(0.01, () => index.search(request)).catch(() => undefined);
    }
    expect(index.isReady()).toBe(true);
    await answers();
  });

  it.each(["delivered", "lost"] as const)(
    "says that it is away while its link is a black hole, and is back soon after (what was held up is %s)",
    async (heldUp) => {
      const { link, index } = open();
      link.blackHole();
      try {
        await refuses();
      } finally {
        await link.heal(heldUp);
      }
      await eventually(answers, { withinMs: 3000 });
      expect(index.isReady()).toBe(true);
    },
  );

  it("says that it is away when it was killed, and is back once it is", async () => {
    const { component } = open();
    await component.kill();
    await refuses();
    await component.start();
    await eventually(answers, { withinMs: 3000 });
  });
}
