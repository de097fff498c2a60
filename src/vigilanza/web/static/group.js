// Cameras that were hit at once: one row in the list, which unfolds to a row for each.

import { h, icon, say } from "./dom.js";
import { moment, t } from "./words.js";

export class Group {
  /** `unfolded()` is told when its rows are to be shown, or no more. */
  constructor({ unfolded }) {
    this.unfolded = unfolded;
    this.open = false;
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
    say(this.part.code, t("group.cameras", { count: members.length }));
    say(this.part.state, unseen > 0 ? t("group.unseen", { count: unseen }) : t("decide.waiting"));
    const kinds = new Set(members.map((one) => t(`moment.${one.kind}`)));
    say(this.part.what, t("group.what", { kinds: [...kinds].join(", ") }));
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
