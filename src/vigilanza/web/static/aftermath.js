// What was done after the confirmation, and what may follow: pick a step, say with whom, note it.

import { h, say } from "./dom.js";
import { moment, t } from "./words.js";

const LONGEST_NOTE = 300;

export class Aftermath {
  /** `take(step)` promises success. */
  constructor({ take }) {
    this.take = take;
    this.list = h("ol");
    this.task = h("p", { class: "task", role: "status" });
    this.acts = h("div", { class: "acts", role: "group", "aria-label": t("aftermath.next"), "data-needs": "follow_up" });
    this.form = h("form", { hidden: true, "data-needs": "follow_up" });
    this.form.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    this.title = h("h3", { tabindex: "-1" }, t("aftermath.title"));
    this.element = h("section", { class: "aftermath" }, this.title, this.list, this.task, this.acts, this.form);
    this.told = "";
    this.picked = null;
  }

  /** A form that is being filled stays; if somebody else noted a step meanwhile, the server says so. */
  update({ steps, next_steps: next, social_task_open: open }) {
    this.element.hidden = steps.length === 0 && next.length === 0;
    this.last = steps.at(-1)?.id ?? null;
    const text = JSON.stringify([steps, next]);
    if (text === this.told) return;
    this.told = text;
    this.list.replaceChildren(...steps.map(line));
    say(this.task, open ? t("aftermath.social_task") : "");
    const held = this.acts.contains(document.activeElement);
    this.acts.replaceChildren(...next.map((step) => this.button(step)));
    this.showPicked();
    if (held) this.title.focus({ preventScroll: true });
    if (this.picked !== null && !next.some(({ what }) => what === this.picked)) this.close();
  }

  button(step) {
    const button = h("button", { type: "button", class: "plain", "aria-expanded": "false", "data-step": step.what }, t(`step.${step.what}`));
    button.addEventListener("click", () => (this.picked === step.what ? this.close() : this.pick(step)));
    return button;
  }

  pick({ what, note_needed: needed }) {
    this.picked = what;
    this.showPicked();
    let seen = this.last;
    const note = h("input", { name: "note", required: needed, maxlength: LONGEST_NOTE, autocomplete: "off" });
    const submit = h("button", { type: "submit", class: "primary" }, t("aftermath.submit", { step: t(`step.${what}`) }));
    const cancel = h("button", { type: "button", class: "plain", on: { click: () => this.close() } }, t("decide.cancel"));
    this.form.onsubmit = async (event) => {
      event.preventDefault();
      submit.disabled = true;
      const done = await this.take({ what, note: note.value.trim() || null, after: seen });
      if (done) return this.picked === what ? this.close() : undefined;
      submit.disabled = false;
      seen = this.last; // who was told of the newer step may go on
      return undefined;
    };
    this.form.replaceChildren(h("label", {}, t(needed ? "aftermath.note_needed" : "aftermath.note"), note), submit, cancel);
    this.form.hidden = false;
    note.focus();
  }

  close() {
    const held = this.form.contains(document.activeElement);
    const button = this.acts.querySelector(`[data-step="${this.picked}"]`);
    this.picked = null;
    this.showPicked();
    this.form.hidden = true;
    this.form.replaceChildren();
    if (held) (button ?? this.acts.querySelector("button") ?? this.title).focus({ preventScroll: true });
  }

  showPicked() {
    for (const button of this.acts.children) button.setAttribute("aria-expanded", String(button.dataset.step === this.picked));
  }
}

function line({ id, what, by, at, note }) {
  const who = h("span", {}, t("decide.by", { operator: by, time: moment(at) }));
  return h("li", { "data-step": what, "data-id": id }, h("b", {}, t(`step.${what}`)), who, note === null ? null : h("q", {}, note));
}
