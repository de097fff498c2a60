// Evidence that leaves the house: one operator asks, another grants.

import { arrange, h, say } from "./dom.js";
import { moment, now, t } from "./words.js";

export class Exports {
  /** `ask(order)` and `grant(id)` promise success. */
  constructor({ ask, grant }) {
    Object.assign(this, { ask, grant });
    this.note = h("p");
    this.list = h("ul");
    this.start = h("button", { type: "button", class: "quiet", "aria-expanded": "false", "data-needs": "ask_evidence" }, t("export.start"));
    this.start.addEventListener("click", () => this.toggle());
    this.form = h("form", { hidden: true });
    const head = h("div", { class: "head-line" }, h("h3", {}, t("export.title")), this.start);
    this.element = h("section", { class: "exports" }, head, this.note, this.list, this.form);
    this.rows = new Map();
  }

  update({ exports, exports_possible: possible, holds, media }) {
    this.element.hidden = !possible && exports.length === 0;
    this.start.hidden = !possible;
    const held = holds.some((one) => one.released_at === null && one.until > now());
    const sealed = exports.some((one) => one.package !== null);
    this.note.hidden = exports.length > 0 && (!sealed || held || media.length === 0);
    say(this.note, t(exports.length === 0 ? "export.none" : "export.no_hold"));
    for (const one of exports) {
      const lapsed = one.package === null && one.lapses_at <= now();
      const text = JSON.stringify([one, lapsed]);
      if (this.rows.get(one.id)?.text !== text) this.rows.set(one.id, { text, row: this.row(one, lapsed) });
    }
    arrange(this.list, exports.map((one) => this.rows.get(one.id).row));
  }

  row(one, lapsed) {
    const row = h("li", { "data-export": one.id, "data-ended": String(lapsed) });
    row.append(h("b", {}, t("export.order", { recipient: one.recipient, reason: one.reason })));
    if (one.package !== null) {
      const { number, sha256, url } = one.package;
      const who = { number, first: one.asked_by, second: one.granted_by, time: moment(one.granted_at) };
      row.append(h("span", {}, t("export.sealed", who)), h("code", {}, t("export.hash", { hash: sha256 })));
      row.append(url === null ? h("span", {}, t("export.gone")) : h("a", { href: url, download: true, "data-needs": "release_evidence" }, t("export.fetch")));
      return row;
    }
    const asked = { operator: one.asked_by, time: moment(one.asked_at) };
    row.append(h("span", {}, t(lapsed ? "export.lapsed" : "export.asked", asked)));
    if (!lapsed) row.append(this.grantButton(one));
    return row;
  }

  grantButton(one) {
    const button = h("button", { type: "button", class: "quiet", "data-needs": "release_evidence" }, t("export.grant"));
    button.addEventListener("click", async () => {
      button.disabled = true;
      button.disabled = await this.grant(one.id);
    });
    return button;
  }

  toggle() {
    const open = this.form.hidden;
    this.form.hidden = !open;
    this.start.setAttribute("aria-expanded", String(open));
    this.form.replaceChildren(...(open ? this.fields() : []));
    this.form.querySelector("input")?.focus();
  }

  fields() {
    const text = (name) => h("input", { name, required: true, maxlength: 200, autocomplete: "off" });
    const [recipient, reason] = [text("recipient"), text("reason")];
    const submit = h("button", { type: "submit", class: "plain" }, t("export.submit"));
    this.form.onsubmit = async (event) => {
      event.preventDefault();
      submit.disabled = true;
      if (await this.ask({ recipient: recipient.value, reason: reason.value })) this.toggle();
      else submit.disabled = false;
    };
    return [
      h("label", {}, t("export.recipient"), recipient), h("label", {}, t("export.reason"), reason), submit,
    ];
  }
}
