// What a report does besides being read: the same time marked in all charts, tables in another order, the timeline
// filtered, the command copied. The page is complete without it. All texts of the page are hostile: they are read and
// set as text, never as HTML.
{
  /**
   * @template {HTMLElement} T
   * @param {T} element
   * @param {Partial<T>} properties
   * @returns {T}
   */
  const made = (element, properties) => Object.assign(element, properties);
  /** @param {Element} element */
  const textOf = (element) => element.textContent ?? "";

  // --- copy the command

  for (const box of document.querySelectorAll(".replay pre")) {
    const button = made(document.createElement("button"), { type: "button", textContent: "Copy", className: "copy" });
    button.addEventListener("click", () => {
      const range = document.createRange();
      range.selectNodeContents(box);
      getSelection()?.removeAllRanges();
      getSelection()?.addRange(range);
      // A page that was opened from a file may have no clipboard; what is marked can be copied by hand.
      const copied = navigator.clipboard?.writeText(textOf(box)) ?? Promise.reject(new Error("no clipboard"));
      copied.then(
        () => made(button, { textContent: "Copied" }),
        () => made(button, { textContent: "Marked: press Ctrl-C" }),
      );
    });
    box.after(button);
  }

  // --- sort a table by a column

  /** @type {Record<string, number>} In ms, and shares as they are. */
  const units = { µs: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, "%": 1 };

  /** What a cell is ordered by: a number with its unit, or its text. @param {string} text */
  function orderOf(text) {
    const plain = text.trim().replaceAll(",", "").replace("−", "-").replace(/^\+/, "");
    if (plain === "never") return Number.POSITIVE_INFINITY;
    const [, number, unit = ""] = /^(-?[\d.]+)(?: (µs|ms|s|min|h|%))?$/.exec(plain) ?? [];
    return number === undefined ? text.trim().toLowerCase() : Number(number) * (units[unit] ?? 1);
  }

  /** @param {string | number} a @param {string | number} b */
  function compare(a, b) {
    if (typeof a === "number" && typeof b === "number") return a - b;
    // Numbers first: what is not known stands at the end.
    if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
    return String(a).localeCompare(String(b));
  }

  for (const table of document.querySelectorAll("table")) {
    const [body, another] = table.tBodies;
    if (body === undefined || another !== undefined || body.rows.length < 3) continue;
    for (const head of table.querySelectorAll("thead th")) {
      const button = made(document.createElement("button"), { type: "button", className: "sort" });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const column = [...(head.parentElement?.children ?? [])].indexOf(head);
        const isDown = head.getAttribute("aria-sort") === "ascending";
        for (const other of table.querySelectorAll("thead th")) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
        const rows = [...body.rows].map((row) => ({ row, at: orderOf(textOf(row.cells[column] ?? row)) }));
        rows.sort((a, b) => (isDown ? compare(b.at, a.at) : compare(a.at, b.at)));
        body.append(...rows.map(({ row }) => row));
      });
    }
  }

  // --- filter the timeline

  const timeline = document.querySelector("table.timeline");
  const place = timeline?.closest(".scroll");
  if (timeline instanceof HTMLTableElement && place) {
    const rows = [...(timeline.tBodies[0]?.rows ?? [])];
    const label = made(document.createElement("label"), { className: "filter", textContent: "Only what contains " });
    const input = made(document.createElement("input"), { type: "search", autocomplete: "off" });
    const told = made(document.createElement("output"), { textContent: `${rows.length} rows` });
    label.append(input);
    const line = made(document.createElement("p"), { className: "filters" });
    line.append(label, told);
    place.before(line);
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      for (const row of rows) row.hidden = !textOf(row).toLowerCase().includes(wanted);
      const shown = rows.filter((row) => !row.hidden).length;
      told.textContent = shown === rows.length ? `${shown} rows` : `${shown} of ${rows.length} rows`;
    });
  }

  // --- the same time in all charts

  /** @param {SVGElement} chart */
  function axisOf(chart) {
    const [from = 0, to = 1, left = 0, right = 1] = (chart.dataset["axis"] ?? "").split(" ").map(Number);
    return { from, to, left, right };
  }

  const charts = [...document.querySelectorAll("svg[data-axis]")].filter((one) => one instanceof SVGElement);
  const lines = charts.map((chart) => {
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("class", "crosshair");
    chart.append(line);
    return { chart, line };
  });
  const readouts = [...document.querySelectorAll("figure:has(svg[data-axis])")].map((figure) => {
    const output = made(document.createElement("p"), { className: "readout" });
    output.setAttribute("role", "status");
    figure.querySelector("figcaption")?.append(output);
    return { output, table: figure.querySelector("table[data-rows]") };
  });

  /** The time that is marked, in ms on the run's clock. @type {number | undefined} */
  let marked;

  /** @param {number | undefined} at */
  function mark(at) {
    marked = at;
    for (const { chart, line } of lines) {
      const { from, to, left, right } = axisOf(chart);
      const x = left + ((at ?? 0) - from) * ((right - left) / (to - from));
      const { height } = /** @type {SVGSVGElement} */ (chart).viewBox.baseVal;
      line.setAttribute("d", at === undefined ? "" : `M${x.toFixed(1)} 0V${height - 24}`);
    }
    for (const { output, table } of readouts) output.textContent = at === undefined ? "" : told(table, at);
  }

  /** The row of the table below a chart in which a time lies. @param {Element | null} table @param {number} at */
  function told(table, at) {
    const when = `${(at / 1000).toFixed(3)} s`;
    if (!(table instanceof HTMLTableElement)) return when;
    const rows = [...(table.tBodies[0]?.rows ?? [])];
    const row = rows.findLast((one) => Number(one.dataset["at"]) <= at);
    if (row === undefined) return when;
    const names = [...(table.tHead?.rows[0]?.cells ?? [])].map(textOf);
    const values = [...row.cells].map((cell, index) => (index === 0 ? "" : `${names[index]} ${textOf(cell)}`));
    return `${when}: ${values.filter(Boolean).join(" · ")}`;
  }

  for (const chart of charts) {
    chart.setAttribute("tabindex", "0");
    chart.addEventListener("pointermove", (event) => {
      const { from, to, left, right } = axisOf(chart);
      const box = chart.getBoundingClientRect();
      const { width } = /** @type {SVGSVGElement} */ (chart).viewBox.baseVal;
      const x = ((event.clientX - box.left) * width) / box.width;
      mark(x < left || x > right ? undefined : from + ((x - left) * (to - from)) / (right - left));
    });
    chart.addEventListener("pointerleave", () => mark(undefined));
    chart.addEventListener("blur", () => mark(undefined));
    chart.addEventListener("keydown", (event) => {
      const { from, to } = axisOf(chart);
      const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: 10, PageDown: -10 }[event.key];
      if (steps === undefined) return;
      event.preventDefault();
      const step = (to - from) / 200;
      mark(Math.min(to, Math.max(from, (marked ?? (steps > 0 ? from - step : to + step)) + steps * step)));
    });
  }
}
