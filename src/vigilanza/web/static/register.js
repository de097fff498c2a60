// A section of an incident in which something is asked for by a form, stands as rows, and takes a second person's word.

import { arrange, h } from "./dom.js";
import { t } from "./words.js";

/** A field for one line of text. */
export const line = (name, maxlength) => h("input", { name, required: true, maxlength, autocomplete: "off" });

export class Register {
  /**
   * `words` has the keys of `title`, `start` (opens the form) and `submit`; `needs` is the permission to open it. `fields()`
   * gives pairs of a word's key and its field; `add(values)` promises success.
   */
  constructor({ name, words, needs, fields, add }) {
    Object.assign(this, { words, fields, add });
    this.note = h("p");
    this.list = h("ul");
    this.start = h("button", { type: "button", class: "quiet", "aria-expanded": "false", "data-needs": needs }, t(words.start));
    this.start.addEventListener("click", () => this.toggle());
    this.form = h("form", { hidden: true });
    const head = h("div", { class: "head-line" }, h("h3", {}, t(words.title)), this.start);
    this.element = h("section", { class: name }, head, this.note, this.list, this.form);
    this.rows = new Map();
  }

  /** A row for each of these, made anew by `make(one, ended)` whenever what it says has changed. */
  fill(entries, ended, make) {
    for (const one of entries) {
      const over = ended(one);
      const text = JSON.stringify([one, over]);
      if (this.rows.get(one.id)?.text !== text) this.rows.set(one.id, { text, row: make(one, over) });
    }
    arrange(this.list, entries.map((one) => this.rows.get(one.id).row));
  }

  /** Does `act()`, which promises success, once. */
  button(key, needs, act) {
    const button = h("button", { type: "button", class: "quiet", "data-needs": needs }, t(key));
    button.addEventListener("click", async () => {
      button.disabled = true;
      button.disabled = await act();
    });
    return button;
  }

  toggle() {
    const open = this.form.hidden;
    this.form.hidden = !open;
    this.start.setAttribute("aria-expanded", String(open));
    this.form.replaceChildren(...(open ? this.asked() : []));
    this.form.querySelector("input")?.focus();
  }

  asked() {
    const fields = this.fields();
    const submit = h("button", { type: "submit", class: "plain" }, t(this.words.submit));
    this.form.onsubmit = async (event) => {
      event.preventDefault();
      submit.disabled = true;
      if (await this.add(Object.fromEntries(new FormData(this.form)))) this.toggle();
      else submit.disabled = false;
    };
    return [...fields.map(([key, field]) => h("label", {}, t(key), field)), submit];
  }
}
