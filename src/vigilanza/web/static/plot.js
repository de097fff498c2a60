// Bars that say how many, as inline SVG: what was decided is told by pattern as well as by tone, and by the table beside it.

import { draw } from "./dom.js";

const [WIDTH, HEIGHT, LEFT, FOOT] = [640, 132, 30, 18];
/** From the ground up. */
export const PARTS = ["confirmed", "rejected", "undecided"];

export const total = (row) => PARTS.reduce((sum, part) => sum + (row[part] ?? 0), 0);

/** A round number not below `most`, so that the top line says something. */
function ceiling(most) {
  const step = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  return [1, 2, 5, 10].map((times) => times * step).find((round) => round >= most);
}

/** Hatched, so that the tones need not be told apart. */
function hatch(id) {
  const pattern = draw("pattern", { id, width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  pattern.append(draw("rect", { width: 5, height: 5, class: "gap" }), draw("rect", { width: 2.5, height: 5, class: "stripe" }));
  return pattern;
}

function column(row, { x, width, top, hatched }) {
  const group = draw("g", {});
  let y = HEIGHT - FOOT;
  for (const part of PARTS.filter((name) => row[name] > 0)) {
    const height = (row[part] / top) * (HEIGHT - FOOT - 8);
    y -= height;
    const fill = part === "rejected" ? { fill: `url(#${hatched})` } : {};
    group.append(draw("rect", { class: part, x, y, width, height, ...fill }));
  }
  return group;
}

/** `rows` of {key, confirmed, rejected, undecided}; `title` is what somebody hears who does not see it. */
export function bars(rows, { id, title, label }) {
  const svg = draw("svg", { class: "plot", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": title });
  const top = ceiling(Math.max(1, ...rows.map(total)));
  const step = (WIDTH - LEFT) / rows.length;
  const every = Math.ceil(rows.length / 12); // as many words as there is room for
  svg.append(hatch(`hatch-${id}`));
  for (const share of [0, 0.5, 1].filter((one) => Number.isInteger(top * one))) {
    const y = HEIGHT - FOOT - share * (HEIGHT - FOOT - 8);
    svg.append(draw("line", { class: "grid", x1: LEFT, x2: WIDTH, y1: y, y2: y }));
    svg.append(draw("text", { x: LEFT - 6, y: y + 4, "text-anchor": "end" }, top * share));
  }
  rows.forEach((row, index) => {
    const x = LEFT + index * step + step * 0.12;
    svg.append(column(row, { x, width: step * 0.76, top, hatched: `hatch-${id}` }));
    if (index % every === 0) svg.append(draw("text", { x, y: HEIGHT - 4 }, label(row.key)));
  });
  return svg;
}
