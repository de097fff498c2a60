// Polygons over a picture: drawn by clicks, their points dragged, or moved by the arrow keys. Coordinates are 0..1.

const SVG = "http://www.w3.org/2000/svg";
const STEP = 0.002;
const LARGE_STEP = 0.02;
const FIRST = [[0.4, 0.3], [0.6, 0.3], [0.6, 0.7], [0.4, 0.7]]; // where points come that are added by key

const clamp = (value) => Math.min(1, Math.max(0, value));
const element = (tag, attributes) => {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
};

/** `changed(shape)` after every change; `label(number, count)` names a point for who does not see it. */
export class Drawing {
  constructor({ picture, svg, changed, label }) {
    Object.assign(this, { picture, svg, changed, label });
    this.shapes = [];
    this.chosen = null;
    this.point = 0;
    this.dragging = false;
    svg.addEventListener("click", (event) => this.clicked(event));
    svg.addEventListener("keydown", (event) => this.keyed(event));
    new ResizeObserver(() => this.show()).observe(picture);
  }

  /** A shape is {points, kind}; its points are changed in place. */
  update(shapes) {
    this.shapes = shapes;
    if (!shapes.includes(this.chosen)) this.chosen = null;
    this.show();
  }

  choose(shape) {
    this.chosen = shape;
    this.point = 0;
    this.show();
  }

  show() {
    const focused = this.svg.contains(document.activeElement);
    const { clientWidth: width, clientHeight: height } = this.picture;
    this.svg.setAttribute("viewBox", `0 0 ${width || 1} ${height || 1}`);
    this.scale = [width || 1, height || 1];
    const drawn = this.shapes.filter((shape) => shape.points.length > 0).map((shape) => this.outline(shape));
    const points = (this.chosen?.points ?? []).map((_, index) => this.handle(index));
    this.svg.replaceChildren(...drawn, ...points);
    if (focused) points[this.point]?.focus();
  }

  outline(shape) {
    const points = shape.points.map((point) => this.place(point).join(",")).join(" ");
    return element("polygon", { points, class: shape.kind, "data-chosen": shape === this.chosen });
  }

  handle(index) {
    const [cx, cy] = this.place(this.chosen.points[index]);
    const name = this.label(index + 1, this.chosen.points.length);
    const handle = element("circle", { cx, cy, r: 7, tabindex: 0, role: "button", "aria-label": name });
    handle.addEventListener("focus", () => (this.point = index));
    handle.addEventListener("pointerdown", (event) => this.drag(event, index));
    return handle;
  }

  place = ([x, y]) => [x * this.scale[0], y * this.scale[1]];

  at(event) {
    const box = this.svg.getBoundingClientRect();
    return [clamp((event.clientX - box.left) / box.width), clamp((event.clientY - box.top) / box.height)];
  }

  drag(event, index) {
    event.preventDefault();
    this.point = index;
    const shape = this.chosen;
    const over = new AbortController();
    const end = () => {
      over.abort();
      this.svg.querySelectorAll("circle")[index]?.focus();
      setTimeout(() => (this.dragging = false)); // the click that ends it adds no point
    };
    this.dragging = true;
    window.addEventListener("pointermove", (moved) => this.put(shape, index, this.at(moved)), { signal: over.signal });
    window.addEventListener("pointerup", end, { signal: over.signal });
    window.addEventListener("pointercancel", end, { signal: over.signal });
  }

  put(shape, index, point) {
    shape.points[index] = point.map((value) => Math.round(value * 10_000) / 10_000);
    this.changed(shape);
    this.show();
  }

  clicked(event) {
    if (this.chosen === null || this.dragging || event.target.tagName === "circle") return;
    this.insert(this.at(event));
  }

  /** Where it makes the outline longer by least. */
  insert(point) {
    const { points } = this.chosen;
    const far = ([ax, ay], [bx, by]) => Math.hypot((ax - bx) * this.scale[0], (ay - by) * this.scale[1]);
    const detour = (_, index) => {
      const next = points[(index + 1) % points.length];
      return far(points[index], point) + far(point, next) - far(points[index], next);
    };
    const detours = points.map(detour);
    const index = points.length < 3 ? points.length : detours.indexOf(Math.min(...detours)) + 1;
    points.splice(index, 0, point);
    this.point = index;
    this.put(this.chosen, index, point);
  }

  /** Without a mouse: the first ones as a rectangle, the others behind the one that has the focus. */
  add() {
    const { points } = this.chosen;
    if (points.length < FIRST.length) this.insert(FIRST[points.length]);
    else {
      const [one, next] = [points[this.point], points[(this.point + 1) % points.length]];
      points.splice(this.point + 1, 0, one);
      this.point += 1;
      this.put(this.chosen, this.point, [(one[0] + next[0]) / 2, (one[1] + next[1]) / 2]);
    }
    this.svg.querySelectorAll("circle")[this.point]?.focus();
  }

  keyed(event) {
    if (this.chosen === null || event.target.tagName !== "circle") return;
    const step = event.shiftKey ? LARGE_STEP : STEP;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (event.key in moves) {
      const [x, y] = this.chosen.points[this.point];
      this.put(this.chosen, this.point, [clamp(x + moves[event.key][0]), clamp(y + moves[event.key][1])]);
    } else if (event.key === "Delete" || event.key === "Backspace") this.remove();
    else return;
    event.preventDefault();
  }

  remove() {
    this.chosen.points.splice(this.point, 1);
    this.point = Math.max(0, Math.min(this.point, this.chosen.points.length - 1));
    this.changed(this.chosen);
    this.show();
  }
}

/** Of a leaf that is 2.1 m high in pictures of that size: as domain/sharpness.py reckons. Null if it is none yet. */
export function sharpness(points, size) {
  if (size === null || points.length < 3) return null;
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const area = Math.abs(points.reduce((sum, [x, y], index) => {
    const [nx, ny] = points[(index + 1) % points.length];
    return sum + x * ny - nx * y;
  }, 0)) / 2;
  const [width, height] = [Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)];
  if (width === 0 || height === 0) return null;
  return { px_per_metre: (size[1] * area) / width / 2.1, width_px: (size[0] * area) / height };
}
