// What tests run inside of a page. Each function stands for itself: only its text gets there.

interface Element {
  readonly tagName: string;
  readonly id: string;
  readonly className: unknown;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  readonly children: Iterable<Element>;
  readonly textContent: string | null;
  readonly clientWidth: number;
  readonly clientHeight: number;
  readonly scrollWidth: number;
  readonly scrollHeight: number;
  open?: boolean;
  checkVisibility(): boolean;
  getBoundingClientRect(): { readonly left: number; readonly right: number };
  dispatchEvent(event: unknown): boolean;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  matches(selector: string): boolean;
  closest(selector: string): Element | null;
  querySelector(selector: string): Element | null;
}

declare const document: {
  readonly documentElement: Element;
  readonly body: Element;
  readonly activeElement: Element | null;
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
};
declare function getComputedStyle(element: Element): Style;
interface Style {
  readonly overflowX: string;
  readonly overflowY: string;
  readonly fill: string;
  readonly stroke: string;
  readonly opacity: string;
  readonly backgroundColor: string;
}
declare const innerWidth: number;

/** Every element with its depth, its tag, its classes and the names of its attributes, in order. */
export function structure(): string[] {
  const lines: string[] = [];
  const walk = (element: Element, depth: number): void => {
    const names = [...element.attributes].map(({ name }) => name).sort();
    lines.push(`${depth} ${element.tagName} ${element.getAttribute("class") ?? ""} ${names.join(" ")}`);
    for (const child of element.children) walk(child, depth + 1);
  };
  walk(document.documentElement, 0);
  return lines;
}

/** Does to every element what a reader could do to it, so that each handler there is runs. */
export function poke(): void {
  for (const element of document.querySelectorAll("details")) element.open = true;
  const names = "mouseover mouseenter pointerdown focus focusin input change toggle animationstart load error click";
  for (const element of document.querySelectorAll("*")) {
    for (const name of names.split(" ")) element.dispatchEvent(new Event(name, { bubbles: false, cancelable: true }));
  }
}

/** How far the page itself reaches to the right of its window, in px. */
export const overflowPx = (): number => document.documentElement.scrollWidth - innerWidth;

/** Opens all that is folded. */
export function unfold(): void {
  for (const element of document.querySelectorAll("details")) element.open = true;
}

/** Which drawing of each chart is to be seen. */
export function shownCharts(): string[] {
  return [...document.querySelectorAll("svg.chart")]
    .filter((chart) => chart.checkVisibility())
    .map((chart) => (chart.matches(".wide") ? "wide" : "narrow"));
}

/** Something in a drawing, its colour, and the colour that it stands on: red, green and blue, 0 to 255. */
export interface Painted {
  readonly kind: "text" | "line";
  readonly what: string;
  readonly ink: readonly number[];
  readonly ground: readonly number[];
}

/** All texts and lines of the drawings; each also on the shade of a fault, which may lie behind it. */
export function painted(): Painted[] {
  const numbers = (colour: string): number[] => (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
  const paper = numbers(getComputedStyle(document.body).backgroundColor);
  const shade = document.querySelector(".shade");
  const grounds = (element: Element): number[][] => {
    const box = element.closest(".node")?.querySelector("rect");
    if (box != null) return [numbers(getComputedStyle(box).fill)];
    if (shade === null || element.closest(".chart") === null) return [paper];
    const tint = numbers(getComputedStyle(shade).fill);
    const opacity = Number(getComputedStyle(shade).opacity);
    return [paper, paper.map((part, index) => part * (1 - opacity) + tint[index]! * opacity)];
  };
  return [...document.querySelectorAll("svg text, svg .line")]
    .filter((element) => element.checkVisibility())
    .flatMap((element) => {
      const kind = element.matches(".line") ? "line" : "text";
      const style = getComputedStyle(element);
      const ink = numbers(kind === "line" ? style.stroke : style.fill);
      const what = `${element.getAttribute("class")} ${element.textContent}`;
      return grounds(element).map((ground) => ({ kind, what, ink, ground }) as const);
    });
}

/** Texts of drawings that begin or end outside of the window, where nobody can scroll to. */
export function textsBeyond(): string[] {
  return [...document.querySelectorAll("svg text")].flatMap((text) => {
    const { left, right } = text.getBoundingClientRect();
    const isBeyond = text.checkVisibility() && (left < 0 || right > innerWidth);
    return isBeyond ? [`${text.textContent}: ${left} to ${right}`] : [];
  });
}
