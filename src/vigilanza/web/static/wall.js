// All cameras at once, live. What is not in view is not asked for; sixteen move, the rest are stills.

import { arrange, h, say } from "./dom.js";
import { may } from "./may.js";
import { server } from "./server.js";
import { View } from "./view.js";
import { t } from "./words.js";

const MOVING_MAX = 16;
const STILL_EVERY_S = 3;
const ACROSS_MAX = 4;
const IN_VIEW = 0.3; // of a tile
const TICK_MS = 200;
const REST_MS = 100; // what is scrolled past is not asked for
const byId = (id) => document.getElementById(id);

export class Wall {
  /** `choose(id)` opens an incident; `fail(refusal)` says what the server refused; `before()` makes room. */
  constructor({ choose, fail, before }) {
    this.before = before;
    this.choose = choose;
    this.fail = fail;
    this.tiles = new Map();
    this.order = [];
    this.large = null;
    this.incidents = [];
    this.resting = null;
    this.watcher = new IntersectionObserver((seen) => this.see(seen), { root: byId("wall-grid"), threshold: IN_VIEW });
    byId("wall-open").addEventListener("click", () => this.toggle());
    byId("wall-close").addEventListener("click", () => this.back());
    byId("wall-incident").addEventListener("click", () => this.choose(this.calling(this.large.camera).id));
    setInterval(() => this.tick(), TICK_MS);
    document.addEventListener("visibilitychange", () => this.share());
  }

  get isOpen() {
    return !byId("wall").hidden;
  }

  toggle() {
    return this.isOpen ? this.close() : this.open();
  }

  async open() {
    this.before();
    byId("wall").hidden = false;
    byId("console").hidden = true;
    byId("wall-open").setAttribute("aria-pressed", "true");
    await this.refresh().catch(this.fail);
    this.focus(this.order[0]);
  }

  close() {
    if (!this.isOpen) return;
    this.shrink();
    byId("wall").hidden = true;
    byId("console").hidden = false;
    byId("wall-open").setAttribute("aria-pressed", "false");
    for (const { view } of this.tiles.values()) view.close();
  }

  /** From the one to all, from all to the list. */
  back() {
    if (this.large === null) return this.close();
    const { camera } = this.large;
    this.shrink();
    return this.focus(camera);
  }

  /** What the list holds now; the cameras are read again while they are shown. */
  async update(incidents) {
    this.incidents = incidents;
    if (this.isOpen) await this.refresh();
  }

  async refresh() {
    const { cameras } = await server.cameras();
    this.order = cameras.map(({ id }) => id);
    for (const [id, { item, view }] of this.tiles) {
      if (this.order.includes(id)) continue;
      view.close();
      this.watcher.unobserve(item);
      this.tiles.delete(id);
    }
    for (const { id, blind } of cameras) {
      if (!this.tiles.has(id)) this.tiles.set(id, this.make(id));
      this.tiles.get(id).view.note(blind);
      if (this.large?.camera === id) this.large.note(blind);
    }
    const across = Math.min(ACROSS_MAX, Math.max(1, Math.ceil(Math.sqrt(this.order.length))));
    byId("wall-grid").dataset.across = across;
    byId("wall-grid").dataset.down = Math.min(ACROSS_MAX, Math.ceil(this.order.length / across));
    arrange(byId("wall-grid"), this.order.map((id) => this.tiles.get(id).item));
    byId("wall-empty").hidden = this.order.length > 0;
    this.retell();
    this.share();
  }

  make(id) {
    const view = new View(id);
    const button = h("button", { type: "button", class: "tile", "data-camera": id, on: { click: () => this.grow(id) } }, view.element);
    const item = h("li", {}, button);
    this.watcher.observe(item);
    return { item, button, view, inView: false };
  }

  see(seen) {
    for (const { target, isIntersecting } of seen) {
      for (const tile of this.tiles.values()) if (tile.item === target) tile.inView = isIntersecting;
    }
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.share(), REST_MS);
  }

  /** Open what is in view, close what is not. */
  share() {
    if (!this.isOpen) return;
    let moving = 0;
    for (const id of this.order) {
      const { view, inView } = this.tiles.get(id);
      const shown = inView && this.large === null && !document.hidden;
      if (shown) view.open((moving += 1) > MOVING_MAX ? { stills: STILL_EVERY_S } : {});
      else view.close();
    }
    if (document.hidden) this.large?.close();
    else this.large?.open({ large: true });
  }

  grow(id) {
    this.shrink();
    this.large = new View(id);
    this.large.note(this.tiles.get(id).view.blind);
    byId("wall-large").replaceChildren(this.large.element);
    byId("wall-large").hidden = false;
    byId("wall-grid").hidden = true;
    this.retell();
    this.share();
    byId("wall-close").focus();
  }

  shrink() {
    this.large?.close();
    this.large = null;
    byId("wall-large").hidden = true;
    byId("wall-grid").hidden = false;
    this.retell();
  }

  /** The gravest incident of a camera that waits for a decision, or undefined. */
  calling(id) {
    return this.incidents.find((incident) => incident.camera === id && incident.waiting);
  }

  retell() {
    say(byId("wall-title"), this.large?.camera ?? t("wall.title"));
    say(byId("wall-close"), t(this.large === null ? "wall.close" : "wall.all"));
    say(byId("wall-keys"), t(this.large === null ? "wall.keys" : "wall.keys_large"));
    const incident = this.large === null ? undefined : this.calling(this.large.camera);
    byId("wall-incident").hidden = incident === undefined;
    for (const [id, { button, view }] of this.tiles) {
      view.retell();
      button.dataset.severity = this.calling(id)?.severity ?? "";
    }
    this.large?.retell();
    this.tick();
  }

  tick() {
    if (!this.isOpen) return;
    for (const { button, view } of this.tiles.values()) {
      view.tick();
      button.setAttribute("aria-label", view.words);
    }
    this.large?.tick();
  }

  focus(id) {
    this.tiles.get(id)?.button.focus();
  }

  /** True if it did something. */
  key(name) {
    const across = Number(byId("wall-grid").dataset.across);
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across, Home: -Infinity, End: Infinity };
    if (name === "w" && may("see_pictures")) this.toggle();
    else if (!this.isOpen) return false;
    else if (name === "Escape") this.back();
    else if (name in steps) this.move(steps[name]);
    else return false;
    return true;
  }

  move(step) {
    const from = this.large?.camera ?? document.activeElement?.dataset?.camera;
    const at = this.order.indexOf(from) + step;
    const to = this.order[Math.min(Math.max(at, 0), this.order.length - 1)];
    if (this.large === null) this.focus(to);
    else if (to !== from) this.grow(to);
  }
}
