// Cameras that are looked for on the network, asked how they are set, and added to the configuration's file.

import { h, say } from "./dom.js";
import { server } from "./server.js";
import { decimal, language, t } from "./words.js";

const USES = { kept: "find.kept", analysed: "find.analysed" };
const byId = (id) => document.getElementById(id);

/** A dialog over set-up. `hash()` is that of the file that was read, `added(answer, id)` gets the new one. */
export class Finder {
  constructor({ fail, hash, added }) {
    Object.assign(this, { fail, hash, added });
    this.dialog = byId("finder");
    [this.search, this.probe, this.add] = ["find-search", "find-probe", "find-add"].map(byId);
    byId("find-open").addEventListener("click", () => this.open());
    byId("find-close").addEventListener("click", () => this.close());
    this.dialog.addEventListener("close", () => this.forget());
    this.on(this.search, () => this.look());
    this.on(this.probe, () => this.ask());
    this.on(this.add, () => this.enter());
    this.probe.elements.address.addEventListener("input", () => this.secure());
  }

  on(form, act) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.attempt(act);
    });
  }

  open() {
    this.forget();
    this.dialog.showModal();
  }

  close() {
    this.dialog.close();
  }

  /** Whatever was typed or told is gone, and what is being asked is given up. */
  forget() {
    this.under_way?.abort();
    for (const form of [this.search, this.probe, this.add]) form.reset();
    this.question = null;
    this.show([]);
    this.tell("");
    this.secure();
    byId("find-answer").hidden = true;
  }

  /** One at a time; a refusal is told in the dialog. */
  async attempt(act) {
    const mine = new AbortController();
    this.under_way = mine;
    this.busy(true);
    say(byId("find-problem"), "");
    try {
      await act();
    } catch (refusal) {
      if (refusal.status === undefined) throw refusal;
      if (mine.signal.aborted) return;
      this.tell("");
      if (refusal.status === 401) this.fail(refusal);
      else this.complain(refusal.words);
    } finally {
      this.busy(false);
    }
  }

  busy(is) {
    for (const button of this.dialog.querySelectorAll("form button, tbody button")) button.disabled = is;
  }

  complain(words) {
    say(byId("find-problem"), words);
    byId("find-problem").scrollIntoView({ block: "nearest" });
  }

  tell(words) {
    say(byId("find-told"), words);
    say(byId("find-problem"), "");
  }

  async look() {
    this.tell(t("find.searching"));
    const where = this.search.elements.where.value.split(/[\s,;]+/).filter((one) => one !== "");
    const isNetwork = (one) => one.includes("/");
    const asked = { hosts: where.filter((one) => !isNetwork(one)), subnets: where.filter(isNetwork) };
    const { found } = await server.findCameras(asked, this.under_way.signal);
    this.show(found);
    this.tell(found.length === 0 ? t("find.none") : t("find.found", { count: found.length }));
  }

  show(found) {
    byId("find-found").hidden = found.length === 0;
    byId("find-found").tBodies[0].replaceChildren(...found.map((one) => this.row(one)));
  }

  row(one) {
    const choose = () => {
      this.probe.elements.address.value = one.address;
      this.add.elements.id.value = suggested(one.name);
      byId("find-answer").hidden = true;
      this.secure();
      this.probe.elements.user.focus();
    };
    const label = t("find.choose_one", { address: one.address });
    const button = h("button", { type: "button", class: "plain", "aria-label": label, on: { click: choose } }, t("find.choose"));
    const state = one.camera === null ? t("find.new") : t("find.known", { camera: one.camera });
    return h("tr", {}, [one.address, one.name || "–", one.hardware || "–", state, button].map((cell) => h("td", {}, cell)));
  }

  /** Only who is asked by HTTPS is known by a certificate. */
  secure() {
    const { address, certificate, tls_name: name } = this.probe.elements;
    const is = address.value.trim().toLowerCase().startsWith("onvifs://");
    for (const label of this.probe.querySelectorAll(".secure")) label.hidden = !is;
    if (!is) certificate.value = name.value = "";
  }

  async ask() {
    byId("find-answer").hidden = true;
    this.tell(t("find.asking"));
    const { address, user, password, certificate, tls_name: name } = this.probe.elements;
    const given = (field) => field.value.trim() || null;
    this.question = {
      address: address.value.trim(), user: given(user), password: password.value || null,
      certificate: given(certificate), tls_name: given(name),
    };
    const told = await server.probeCamera(this.question, this.under_way.signal);
    this.tell("");
    this.answer(told);
  }

  answer(told) {
    const { device, advice } = told;
    say(byId("find-camera"), [device.manufacturer, device.model].filter(Boolean).join(" ") || t("find.unnamed"));
    const parts = [told.source, t("find.firmware", { firmware: device.firmware || "–", serial: device.serial || "–" }), clock(told.clock_ahead)];
    say(byId("find-about"), [...parts, t(told.events ? "find.events" : "find.no_events")].join("; "));
    byId("find-profiles").replaceChildren(...told.profiles.map(profile));
    byId("find-verdict").dataset.good = String(advice.length === 0);
    say(byId("find-verdict"), advice.length === 0 ? t("find.well") : t("find.otherwise", { count: advice.length }));
    byId("find-advice").replaceChildren(...advice.map((one) =>
      h("li", {}, h("b", {}, one.about), h("span", {}, one.found[language]), h("span", {}, one.do[language]))));
    if (told.camera !== null) this.tell(t("find.known", { camera: told.camera }));
    byId("find-answer").hidden = false;
    byId("find-answer").focus();
  }

  async enter() {
    const id = this.add.elements.id.value.trim();
    const answer = await server.addCamera({ ...this.question, id, hash: this.hash() });
    this.close();
    this.added(answer, id);
  }
}

/** As an id may be written, from what the camera calls itself. */
const suggested = (name) => name.trim().replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+|-+$/g, "").slice(0, 64);

function clock(ahead) {
  if (ahead === null) return t("find.clock_unknown");
  return t(ahead >= 0 ? "find.clock_ahead" : "find.clock_behind", { seconds: decimal(Math.abs(ahead)) });
}

function profile(one) {
  const use = one.use.map((each) => t(USES[each])).join(", ") || "–";
  const size = one.width_px ? `${one.width_px}x${one.height_px}` : "?";
  const gop = one.gop_seconds === null ? "?" : `${decimal(one.gop_seconds)} s`;
  const cells = [one.token, use, one.codec ?? "?", size, one.fps ?? "?", gop, one.bitrate_kbps ?? "?", t(one.audio ? "find.yes" : "find.no")];
  return h("tr", {}, cells.map((cell) => h("td", {}, String(cell))));
}
