// Set-up: doors and masks of each camera, drawn on a still and saved into the configuration's file.

import { Chain } from "./chain.js";
import { h, say } from "./dom.js";
import { Drawing, sharpness } from "./drawing.js";
import { Finder } from "./find.js";
import { server } from "./server.js";
import { Sight } from "./sight.js";
import { TakeoverLine } from "./takeover.js";
import { t } from "./words.js";

const ROLES = {
  sealed: "setup.role.sealed", neighbour: "setup.role.neighbour", lift: "setup.role.lift", other: "setup.role.other",
};
const byId = (id) => document.getElementById(id);

/** A dialog over the console; `fail` shows a refusal that belongs to no field, `saved()` promises how many changes wait then. */
export class SetupBoard {
  constructor({ fail, saved }) {
    Object.assign(this, { fail, saved });
    this.dialog = byId("drawing-board");
    this.picture = byId("setup-picture");
    this.drawing = new Drawing({
      picture: this.picture,
      svg: byId("setup-drawing"),
      changed: (shape) => this.drawn(shape),
      label: (number, count) => t("setup.point", { number, count }),
    });
    this.sight = new Sight({ camera: () => this.camera.id, refresh: () => this.picture.complete && this.look(), fail });
    this.chain = new Chain({ camera: () => this.camera.id, fail });
    this.finder = new Finder({ fail, hash: () => this.file.hash, added: (answer, camera) => this.added(answer, camera) });
    this.takeover = new TakeoverLine(byId("setup-takeover"));
    byId("setup-open").addEventListener("click", () => this.open());
    byId("setup-close").addEventListener("click", () => this.close());
    byId("setup-save").addEventListener("click", () => this.save());
    byId("setup-point-add").addEventListener("click", () => this.drawing.chosen !== null && this.drawing.add());
    byId("setup-still").addEventListener("click", () => this.look());
    byId("setup-camera").addEventListener("change", () => this.show());
    byId("setup-door-add").addEventListener("click", () => this.addDoor());
    byId("setup-mask-add").addEventListener("click", () => this.addMask());
    this.picture.addEventListener("load", () => this.seen(true));
    this.picture.addEventListener("error", () => this.seen(false));
    this.dialog.addEventListener("close", () => this.leave());
  }

  async open() {
    try {
      this.take(await server.layouts());
    } catch (refusal) {
      this.fail(refusal);
      return;
    }
    this.dialog.showModal();
    this.show();
  }

  close() {
    this.dialog.close();
  }

  leave() {
    this.finder.close();
    this.sight.stop();
    this.chain.stop();
    this.takeover.stop();
    this.picture.removeAttribute("src");
  }

  take(answer) {
    this.file = answer;
    this.takeover.follow(answer.takeover);
    const chosen = byId("setup-camera").value;
    const options = answer.cameras.map((camera) => h("option", { value: camera.id }, camera.id));
    byId("setup-camera").replaceChildren(...options);
    if (answer.cameras.some((camera) => camera.id === chosen)) byId("setup-camera").value = chosen;
  }

  added(answer, camera) {
    this.take(answer);
    byId("setup-camera").value = camera;
    this.show();
    this.tell(t("find.added", { camera }), true);
  }

  /** The chosen camera, as the file has it. */
  show() {
    const camera = this.file.cameras.find((one) => one.id === byId("setup-camera").value);
    const shape = (kind, points) => ({ kind, points });
    if (camera.id !== this.camera?.id) this.chain.stop();
    this.camera = camera;
    this.doors = camera.doors.map((door) => ({ ...door, leaf: shape("leaf", door.leaf), floor: shape("floor", door.floor) }));
    this.masks = camera.masks.map((mask) => shape("mask", mask));
    this.tell("");
    this.look();
    this.list();
  }

  look() {
    this.picture.src = `/api/setup/cameras/${encodeURIComponent(this.camera.id)}/still?${Date.now()}`;
  }

  seen(there) {
    byId("setup-view").dataset.seen = String(there);
    byId("setup-nothing").hidden = there;
    this.drawing.show();
  }

  shapes = () => [...this.masks, ...this.doors.flatMap((door) => [door.floor, door.leaf])];

  list() {
    byId("setup-doors").replaceChildren(...this.doors.map((door, index) => this.doorRow(door, index)));
    byId("setup-masks").replaceChildren(...this.masks.map((mask, index) => this.maskRow(mask, index)));
    this.drawing.update(this.shapes());
    this.mark();
  }

  doorRow(door, index) {
    const id = h("input", { value: door.id, maxlength: 64, autocomplete: "off", on: { input: () => (door.id = id.value) } });
    const option = ([role, words]) => h("option", { value: role, selected: role === door.role }, t(words));
    const options = Object.entries(ROLES).map(option);
    const role = h("select", {}, options);
    role.addEventListener("change", () => {
      door.role = role.value;
      this.measure(door);
    });
    door.told = h("output", { class: "sharpness" });
    this.measure(door);
    return h(
      "li", { class: "drawn", "data-field": `doors[${index}]` },
      h("label", {}, t("setup.door"), id), h("label", {}, t("setup.role"), role),
      h("div", { class: "acts" }, this.chooser(door.leaf, t("setup.leaf")), this.chooser(door.floor, t("setup.floor")),
        this.remover(() => (this.doors = this.doors.filter((one) => one !== door)), t("setup.door_remove", { door: door.id }))),
      door.told, h("p", { class: "problem", role: "alert" }),
    );
  }

  maskRow(mask, index) {
    return h(
      "li", { class: "drawn", "data-field": `masks[${index}]` },
      h("div", { class: "acts" }, this.chooser(mask, t("setup.mask", { number: index + 1 })),
        this.remover(() => (this.masks = this.masks.filter((one) => one !== mask)), t("setup.mask_remove", { number: index + 1 }))),
      h("p", { class: "problem", role: "alert" }),
    );
  }

  chooser(shape, words) {
    const button = h("button", { type: "button", class: "plain", "aria-pressed": "false" }, words);
    button.addEventListener("click", () => {
      this.drawing.choose(shape);
      this.mark();
    });
    shape.button = button;
    return button;
  }

  remover(act, words) {
    const remove = () => {
      act();
      this.list();
    };
    return h("button", { type: "button", class: "quiet", "aria-label": words, title: words, on: { click: remove } }, "✕");
  }

  /** Which shape clicks and keys draw. */
  mark() {
    const { chosen } = this.drawing;
    for (const shape of this.shapes()) shape.button?.setAttribute("aria-pressed", String(shape === chosen));
    byId("setup-point-add").disabled = chosen === null;
    say(byId("setup-hint"), t(chosen === null ? "setup.hint_choose" : "setup.hint_draw"));
  }

  drawn(shape) {
    const door = this.doors.find((one) => one.leaf === shape);
    if (door) this.measure(door);
  }

  measure(door) {
    const { least } = this.file;
    const found = sharpness(door.leaf.points, this.camera.size_px);
    const watched = door.role === "sealed"; // the others are only told apart from it
    const good = !watched || found === null || (found.px_per_metre >= least.px_per_metre && found.width_px >= least.width_px);
    const values = found === null ? {} : { px: Math.round(found.px_per_metre), width: Math.round(found.width_px) };
    const unknown = this.camera.size_px === null ? "setup.size_unknown" : "setup.no_leaf";
    const wanted = { least: least.px_per_metre, least_width: least.width_px };
    door.told.dataset.good = String(good && found !== null);
    say(door.told, found === null ? t(unknown) : t(good ? "setup.sharp" : "setup.blurred", { ...values, ...wanted }));
  }

  addDoor() {
    const shape = (kind) => ({ kind, points: [] });
    const door = { id: "", role: "sealed", leaf: shape("leaf"), floor: shape("floor") };
    this.doors.push(door);
    this.begin(door.leaf);
    byId("setup-doors").lastElementChild.querySelector("input").focus();
  }

  addMask() {
    const mask = { kind: "mask", points: [] };
    this.masks.push(mask);
    this.begin(mask);
  }

  begin(shape) {
    this.drawing.chosen = shape;
    this.list();
  }

  async save() {
    const doors = this.doors.map(({ id, role, leaf, floor }) => ({ id, role, leaf: leaf.points, floor: floor.points }));
    const layout = { hash: this.file.hash, doors, masks: this.masks.map((mask) => mask.points) };
    byId("setup-save").disabled = true;
    this.tell("");
    try {
      this.take(await server.saveLayout(this.camera.id, layout));
      this.show();
      this.tell(t((await this.saved()) > 0 ? "setup.saved_waiting" : "setup.saved"), true);
    } catch (refusal) {
      if (refusal.status === undefined) throw refusal;
      this.refused(refusal);
    }
    byId("setup-save").disabled = false;
  }

  /** At the field where it belongs, if that is on the page. */
  refused(refusal) {
    const place = /^(doors|masks)(\[\d+\]|\.)/.exec(refusal.values.field ?? "")?.[0] ?? "";
    const row = [...this.dialog.querySelectorAll("[data-field]")].find((one) => one.dataset.field === place);
    if (refusal.status === 401) this.fail(refusal);
    else if (row) {
      say(row.querySelector(".problem"), refusal.words);
      row.scrollIntoView({ block: "nearest" });
    } else this.tell(refusal.words);
  }

  tell(words, good = false) {
    byId("setup-told").dataset.good = String(good);
    say(byId("setup-told"), words);
    if (words !== "") byId("setup-told").scrollIntoView({ block: "nearest" });
    for (const one of this.dialog.querySelectorAll(".drawn .problem")) say(one, "");
  }
}
