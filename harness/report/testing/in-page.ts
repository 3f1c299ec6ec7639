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
  readonly scrollLeft: number;
  readonly scrollTop: number;
  open?: boolean;
  checkVisibility(): boolean;
  getBoundingClientRect(): { readonly left: number; readonly right: number };
  getScreenCTM?(): { readonly d: number } | null;
  dispatchEvent(event: unknown): boolean;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  matches(selector: string): boolean;
  blur(): void;
  focus(): void;
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
  readonly fontSize: string;
  readonly stroke: string;
  readonly opacity: string;
  readonly backgroundColor: string;
}
declare const innerWidth: number;

/** Every element with its depth, its tag, its classes and the names of its attributes, in order. */
export function structure(): string {
  const lines: string[] = [];
  const walk = (element: Element, depth: number): void => {
    const names = [...element.attributes].map(({ name }) => name).sort();
    lines.push(`${depth} ${element.tagName} ${element.getAttribute("class") ?? ""} ${names.join(" ")}`);
    for (const child of element.children) walk(child, depth + 1);
  };
  walk(document.documentElement, 0);
  return lines.join("\n");
}

/** Does to every element what a reader could do to it, and what its handlers wait for; then lets happen what that queued. */
export async function poke(): Promise<void> {
  for (const element of document.querySelectorAll("details")) element.open = true;
  for (const element of document.querySelectorAll("*")) {
    const handled = [...element.attributes]
      .filter(({ name }) => name.startsWith("on"))
      .map(({ name }) => name.slice(2));
    for (const name of new Set(["mouseover", "focus", "click", ...handled])) {
      element.dispatchEvent(new Event(name, { cancelable: true }));
    }
  }
  await new Promise((resolve) => setTimeout(resolve, 0));
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

/** Texts of drawings that nobody can see whole: outside of the window, or of a drawing that scrolls by itself. */
export function textsBeyond(): string[] {
  return [...document.querySelectorAll("svg text")].flatMap((text) => {
    const room = text.closest(".scroll svg")?.getBoundingClientRect() ?? { left: 0, right: innerWidth };
    const { left, right } = text.getBoundingClientRect();
    const isBeyond = text.checkVisibility() && (left < room.left || right > room.right);
    return isBeyond ? [`${text.textContent}: ${left} to ${right}`] : [];
  });
}

/** What has the focus. */
export interface Focused {
  readonly what: string;
  readonly isFolded: boolean;
  readonly scrolls: "no" | "sideways" | "down";
}

/** All that a keyboard must reach: what acts, and what scrolls. */
export function stops(): string[] {
  const acting = 'a[href],button,input,select,textarea,summary,[tabindex]:not([tabindex="-1"])';
  const goesOver = (how: string, content: number, room: number): boolean =>
    (how === "auto" || how === "scroll") && content > room + 1;
  return [...document.querySelectorAll("body *")].flatMap((element, number) => {
    const { overflowX, overflowY } = getComputedStyle(element);
    const scrolls =
      goesOver(overflowX, element.scrollWidth, element.clientWidth) ||
      goesOver(overflowY, element.scrollHeight, element.clientHeight);
    const acts = element.matches(acting);
    if (!element.checkVisibility() || !(scrolls || acts)) return [];
    // Chromium lets a keyboard reach all that scrolls; others do not.
    return [`${number} ${element.tagName} ${element.getAttribute("class")}${acts ? "" : ", in some browsers only"}`];
  });
}

/** @returns null when the focus is outside of the page */
export function focused(): Focused | null {
  const element = document.activeElement;
  if (element === null || element === document.body) return null;
  const number = [...document.querySelectorAll("body *")].indexOf(element);
  const { overflowX, overflowY } = getComputedStyle(element);
  const isWide = overflowX === "auto" && element.scrollWidth > element.clientWidth + 1;
  const isHigh = overflowY === "auto" && element.scrollHeight > element.clientHeight + 1;
  return {
    what: `${number} ${element.tagName} ${element.getAttribute("class")}`,
    isFolded: element.matches("details:not([open]) > summary"),
    scrolls: isWide ? "sideways" : isHigh ? "down" : "no",
  };
}

/** Whether what has the focus was scrolled. */
export function hasScrolled(): boolean {
  const element = document.activeElement;
  return element !== null && element.scrollLeft + element.scrollTop > 0;
}

/** Takes the focus away; `takeBack` gives it back to where it was. */
export function letGo(): void {
  document.activeElement?.setAttribute("data-focus", "");
  document.activeElement?.blur();
}

export function takeBack(): void {
  const element = document.querySelector("[data-focus]");
  element?.removeAttribute("data-focus");
  element?.focus();
}

/** The texts of the drawings, with how large their letters are on the screen, in CSS px. */
export function letters(): { text: string; px: number }[] {
  return [...document.querySelectorAll("svg text")]
    .filter((text) => text.checkVisibility())
    .map((element) => ({
      text: element.textContent ?? "",
      px: Number.parseFloat(getComputedStyle(element).fontSize) * (element.getScreenCTM?.()?.d ?? 0),
    }));
}
