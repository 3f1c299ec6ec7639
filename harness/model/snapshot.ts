/**
 * What of a system's configuration a fault must not change for good: place (an instance or a link) → setting → value.
 * A place that cannot be asked, since it is dead, is left out.
 */
export type Snapshot = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * What is otherwise than it was, one sentence each. What is new was made by the system itself, as far as anybody can
 * tell, and a place that is only in one of the two says nothing.
 */
export function differencesOf(before: Snapshot, after: Snapshot): readonly string[] {
  return Object.entries(before).flatMap(([place, settings]) => {
    const now = after[place];
    if (now === undefined) return [];
    const changed = Object.entries(settings).filter(([name, value]) => now[name] !== value);
    return changed.map(([name, value]) => {
      const is = now[name] === undefined ? "it is gone" : `it is ${shown(now[name])}`;
      return `${place}: ${name} was ${shown(value)}, and after everything was healed ${is}`;
    });
  });
}

const shown = (value: string): string => JSON.stringify(value.length > 200 ? `${value.slice(0, 200)}…` : value);
