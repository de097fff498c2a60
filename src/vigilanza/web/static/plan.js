// Where it is: the floor plan, with the incident's camera and door lit. What cannot be shown takes no room.

import { draw, h } from "./dom.js";
import { t } from "./words.js";

export class Plan {
  constructor() {
    this.element = h("section", { class: "plan", hidden: true });
    this.told = "";
  }

  update(plan) {
    const text = JSON.stringify(plan);
    if (text === this.told) return;
    this.told = text;
    this.element.hidden = plan === null;
    this.element.replaceChildren(...(plan === null ? [] : this.parts(plan)));
  }

  parts(plan) {
    const { width, height } = plan;
    const here = [...plan.cameras, ...plan.doors].filter((spot) => spot.here).map(({ id }) => id).join(", ");
    const title = t("plan.shown", { plan: plan.name, here });
    const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title, class: "drawn-plan" });
    const picture = draw("image", { href: plan.url, width, height });
    picture.addEventListener("error", () => (this.element.hidden = true));
    const unit = Math.max(width, height) / 100;
    const place = ({ x, y }) => ({ x: x * width, y: y * height, unit });
    const last = (spot) => Number(spot.here); // what is lit lies on top
    svg.append(picture, ...[...plan.cameras].sort((a, b) => last(a) - last(b)).map((spot) => camera(spot, place(spot))));
    svg.append(...[...plan.doors].sort((a, b) => last(a) - last(b)).map((spot) => door(spot, place(spot))));
    return [h("h3", {}, t("plan.title"), h("small", {}, plan.name)), svg, legend()];
  }
}

/** A wedge of sixty degrees looks where the camera does; `direction` counts clockwise from the top. */
function camera(spot, { x, y, unit }) {
  const group = draw("g", { class: spot.here ? "spot of-camera here" : "spot of-camera", "data-spot": spot.id });
  group.append(draw("title", {}, spot.id));
  if (spot.direction !== null) {
    const [left, right] = [-30, 30].map((aside) => {
      const angle = ((spot.direction + aside) * Math.PI) / 180;
      return `${x + Math.sin(angle) * unit * 14} ${y - Math.cos(angle) * unit * 14}`;
    });
    group.append(draw("path", { class: "view", d: `M ${x} ${y} L ${left} A ${unit * 14} ${unit * 14} 0 0 1 ${right} Z` }));
  }
  group.append(draw("circle", { cx: x, cy: y, r: unit * 2 }));
  return group;
}

function door(spot, { x, y, unit }) {
  const half = unit * (spot.here ? 2.6 : 1.8);
  const group = draw("g", { class: spot.here ? "spot of-door here" : "spot of-door", "data-spot": spot.id });
  group.append(draw("title", {}, spot.id));
  if (spot.here) group.append(draw("circle", { class: "ring", cx: x, cy: y, r: unit * 5 }));
  group.append(draw("rect", { x: x - half, y: y - half, width: half * 2, height: half * 2 }));
  return group;
}

function legend() {
  const mark = (name) => h("i", { class: name, "aria-hidden": "true" });
  return h("p", { class: "legend" }, h("span", {}, mark("of-camera"), t("plan.camera")), h("span", {}, mark("of-door"), t("plan.door")));
}
