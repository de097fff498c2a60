// Cameras that were hit at once, or the many alarms of one: one row in the list, which unfolds to a row for each.

import { h, icon, say } from "./dom.js";
import { moment, t } from "./words.js";

export class Group {
  /** `open`: its rows are shown from the beginning; `unfolded()` is told when they are to be shown, or no more. */
  constructor({ open, unfolded }) {
    Object.assign(this, { open, unfolded });
    const part = (name) => h("span", { class: name });
    this.part = { word: h("b"), code: part("code"), state: part("state"), what: part("what"), where: part("where") };
    const { word, code, state, what, where } = this.part;
    const attributes = { type: "button", class: "row group", on: { click: () => this.fold() } };
    this.button = h(
      "button", attributes, icon("info"), h("span", { class: "severity" }, word), part("age"), code, state, what, where,
    );
    this.item = h("li", {}, this.button);
  }

  /** The row for these incidents, of which so many are unseen. */
  show(members, unseen) {
    const { severity } = members[0]; // the list is sorted by it
    this.button.dataset.severity = severity;
    this.button.dataset.unseen = String(unseen > 0);
    this.button.setAttribute("aria-expanded", String(this.open));
    this.button.querySelector("use").setAttribute("href", `#i-${severity}`);
    say(this.part.word, t(`severity.${severity}`));
    const storm = members[0].together === null;
    const count = members.length;
    say(this.part.code, storm ? members[0].camera : t("group.cameras", { count }));
    say(this.part.state, unseen > 0 ? t("group.unseen", { count: unseen }) : t("decide.waiting"));
    const kinds = [...new Set(members.map((one) => t(`moment.${one.kind}`)))].join(", ");
    say(this.part.what, storm ? t("group.storm", { count }) : t("group.what", { kinds }));
    this.part.what.title = kinds;
    const began = Math.min(...members.map((one) => one.opened_at));
    say(this.part.where, `${moment(began)} · ${t(this.open ? "group.fold" : "group.unfold")}`);
    return this.item;
  }

  unfold() {
    this.open = true;
    this.unfolded();
  }

  fold() {
    this.open = !this.open;
    this.unfolded();
  }
}
