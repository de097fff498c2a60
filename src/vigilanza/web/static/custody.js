// How long the pictures stay, and who ordered that they stay longer.

import { arrange, h, say } from "./dom.js";
import { day, moment, now, t } from "./words.js";

export class Custody {
  /** `hold(order)` and `release(id)` promise success. */
  constructor({ hold, release }) {
    Object.assign(this, { hold, release });
    this.term = h("p");
    this.list = h("ul");
    this.start = h("button", { type: "button", class: "quiet", "aria-expanded": "false", "data-needs": "place_holds" }, t("custody.hold"));
    this.start.addEventListener("click", () => this.toggle());
    this.form = h("form", { hidden: true });
    const head = h("div", { class: "head-line" }, h("h3", {}, t("custody.title")), this.start);
    this.element = h("section", { class: "custody" }, head, this.term, this.list, this.form);
    this.rows = new Map();
  }

  update({ holds, pictures_until: until, pictures_deleted_at: deletedAt, media }) {
    const standing = holds.filter((one) => one.released_at === null && one.until > now());
    if (standing.length > 0) say(this.term, t("custody.held"));
    else if (until !== null) say(this.term, t("custody.until", { time: moment(until) }));
    else say(this.term, deletedAt === null ? t("custody.none") : t("custody.deleted", { time: moment(deletedAt) }));
    this.start.hidden = media.length === 0 && deletedAt !== null;
    for (const one of holds) {
      const text = JSON.stringify(one);
      if (this.rows.get(one.id)?.text !== text) this.rows.set(one.id, { text, row: this.row(one) });
    }
    arrange(this.list, holds.map((one) => this.rows.get(one.id).row));
  }

  row(one) {
    const ended = one.released_at !== null || one.until <= now();
    const words = t("custody.order", { authority: one.authority, protocol: one.protocol, day: day(one.until) });
    const who = t("custody.by", { operator: one.placed_by, time: moment(one.placed_at) });
    const row = h("li", { "data-hold": one.id, "data-ended": String(ended) }, h("b", {}, words), h("span", {}, who));
    if (one.released_at !== null) {
      const both = { first: one.release_asked_by, second: one.released_by, time: moment(one.released_at) };
      row.append(h("span", {}, t("custody.released", both)));
    } else if (!ended) {
      if (one.release_asked_by !== null) row.append(h("span", {}, t("custody.asked", { operator: one.release_asked_by })));
      row.append(this.releaseButton(one));
    }
    return row;
  }

  releaseButton(one) {
    const key = one.release_asked_by === null ? "custody.ask_release" : "custody.release";
    const button = h("button", { type: "button", class: "quiet", "data-needs": "release_holds" }, t(key));
    button.addEventListener("click", async () => {
      button.disabled = true;
      button.disabled = await this.release(one.id);
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
    const text = (name, maxlength) => h("input", { name, required: true, maxlength, autocomplete: "off" });
    const [authority, protocol] = [text("authority", 200), text("protocol", 100)];
    const until = h("input", { type: "date", name: "until", required: true });
    const submit = h("button", { type: "submit", class: "plain" }, t("custody.submit"));
    this.form.onsubmit = async (event) => {
      event.preventDefault();
      submit.disabled = true;
      const order = { authority: authority.value, protocol: protocol.value, until: `${until.value}T23:59` };
      if (await this.hold(order)) this.toggle();
      else submit.disabled = false;
    };
    return [
      h("label", {}, t("custody.authority"), authority), h("label", {}, t("custody.protocol"), protocol),
      h("label", {}, t("custody.until_day"), until), submit,
    ];
  }
}
