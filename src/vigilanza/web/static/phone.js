// Whom to telephone: an alert has not arrived, and the machine has no other way left.

import { arrange, h, icon, say } from "./dom.js";
import { clockTime, t } from "./words.js";

const byId = (id) => document.getElementById(id);

export class PhoneBoard {
  /** `open(incident)` shows it; `done(alert, note)` promises success; `warn(words)` calls the operator. */
  constructor({ open, done, warn }) {
    Object.assign(this, { open, done, warn });
    this.tasks = [];
    this.rows = new Map();
  }

  update(tasks) {
    const fresh = tasks.filter(({ alert }) => !this.rows.has(alert));
    this.tasks = tasks;
    this.show();
    if (fresh.length > 0) this.warn(fresh.map(({ destination, telephone }) => [t("phone.call", { destination }), telephone ?? ""].join(" ").trim()).join(". "));
  }

  /** Say everything again, in another language. */
  retell() {
    this.rows.clear();
    this.show();
  }

  show() {
    byId("phone").hidden = this.tasks.length === 0;
    say(byId("phone-count"), String(this.tasks.length));
    const open = new Set(this.tasks.map(({ alert }) => alert));
    for (const alert of this.rows.keys()) if (!open.has(alert)) this.rows.delete(alert);
    for (const task of this.tasks) if (!this.rows.has(task.alert)) this.rows.set(task.alert, this.row(task));
    arrange(byId("phone-list"), this.tasks.map(({ alert }) => this.rows.get(alert)));
  }

  row(task) {
    const note = h("input", { name: "note", required: true, minlength: 3, maxlength: 500, autocomplete: "off" });
    const submit = h("button", { type: "submit", class: "primary" }, t("phone.done"));
    const form = h("form", { "data-needs": "telephone" }, h("label", {}, t("phone.note"), note), submit);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      submit.disabled = true;
      submit.disabled = await this.done(task.alert, note.value);
    });
    const look = h("button", { type: "button", class: "plain" }, t("phone.open"));
    look.addEventListener("click", () => this.open(task.incident));
    const words = h(
      "p", {}, icon("alarm"), h("b", {}, t("phone.call", { destination: task.destination })),
      task.telephone === null ? null : h("a", { href: `tel:${task.telephone.replaceAll(" ", "")}` }, task.telephone),
      h("span", { title: task.why ?? "" }, t("phone.since", { time: clockTime(task.at) })),
    );
    return h("li", { "data-alert": task.alert }, words, look, form);
  }
}
