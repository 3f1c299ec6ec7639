import type { System } from "../../model/system.ts";

/**
 * Components in the order in which they can start: those that link to nobody first, then those whose links lead to
 * started ones. Components that link to each other in a circle come last, together.
 * @returns waves of component names; a wave may start all at once
 */
export function startOrder(system: System): readonly (readonly string[])[] {
  const waves: string[][] = [];
  let waiting = Object.keys(system.components);
  while (waiting.length > 0) {
    const ready = waiting.filter((name) => targetsOf(system, name).every((to) => !waiting.includes(to)));
    const wave = ready.length > 0 ? ready : waiting;
    waves.push(wave);
    waiting = waiting.filter((name) => !wave.includes(name));
  }
  return waves;
}

function targetsOf(system: System, name: string): readonly string[] {
  return Object.values(system.components[name]?.links ?? {}).map((link) => link.to);
}
