// What the detector sees: outlines of people over the still, and beside it how each sealed door is.

import { h, say } from "./dom.js";
import { server } from "./server.js";
import { language, t } from "./words.js";

const EVERY_MS = 2000;
const SVG = "http://www.w3.org/2000/svg";
const byId = (id) => document.getElementById(id);

/** `camera()` is the one that is shown; `refresh()` gets its newest picture; `fail` shows a refusal of the session. */
export class Sight {
  constructor({ camera, refresh, fail }) {
    Object.assign(this, { camera, refresh, fail });
    this.timer = null;
    this.button = byId("setup-sight");
    this.button.addEventListener("click", () => (this.timer === null ? this.start() : this.stop()));
  }

  start() {
    byId("setup-seen").hidden = false;
    this.button.setAttribute("aria-pressed", "true");
    this.timer = setInterval(() => this.look(), EVERY_MS);
    this.look();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.button.setAttribute("aria-pressed", "false");
    byId("setup-seen").hidden = true;
    this.show({ people: [], doors: [] }, "");
  }

  async look() {
    const [camera, timer] = [this.camera(), this.timer];
    try {
      const seen = await server.sight(camera);
      if (this.timer !== timer || timer === null || camera !== this.camera()) return;
      this.refresh();
      this.show(seen, this.inShort(seen));
    } catch (refusal) {
      if (refusal.status === undefined) throw refusal;
      if (this.timer !== timer) return;
      if (refusal.status === 401) this.fail(refusal);
      this.show({ people: [], doors: [] }, refusal.words);
    }
  }

  inShort({ infrared, view, people }) {
    const light = t(infrared ? "sight.infrared" : "sight.colour");
    return [light, view === null ? t("sight.not_judged") : view.words[language], t("sight.people", { count: people.length })].join("; ");
  }

  show({ people, doors }, words) {
    const outline = (points) => {
      const made = document.createElementNS(SVG, "polygon");
      made.setAttribute("points", points.map((point) => point.join(",")).join(" "));
      return made;
    };
    byId("setup-people").replaceChildren(...people.map(outline));
    say(byId("setup-seen-view"), words);
    byId("setup-seen-doors").replaceChildren(...doors.map(row));
  }
}

function row({ id, leaf, unlike, people, deeds }) {
  const state = leaf === null ? t("sight.leaf_unknown") : leaf.words[language];
  const share = unlike === null ? null : h("span", {}, t("sight.unlike", { percent: Math.round(unlike * 100) }));
  const there = h("span", {}, t("sight.at_door", { count: people }));
  return h("li", { "data-door": id, "data-leaf": leaf?.fact ?? "unknown" }, h("b", {}, id), h("span", {}, state), share, there, deeds.map((deed) => h("span", {}, deed.words[language])));
}
