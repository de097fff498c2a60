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
    this.handed = h("ul", { class: "handed" });
    this.title = h("h3", { tabindex: "-1" }, t("aftermath.title"));
    this.element = h("section", { class: "aftermath" }, this.title, this.list, this.handed, this.task, this.acts, this.form);
    this.told = "";
    this.picked = null;
  }

  /** A form that is being filled stays; if somebody else noted a step meanwhile, the server says so. */
  update({ steps, next_steps: next, social_task_open: open, handovers }) {
    this.element.hidden = steps.length === 0 && next.length === 0 && handovers.length === 0;
    this.tellHanded(handovers);
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

  /** What one shift told the next about this incident. */
  tellHanded(handovers) {
    const text = JSON.stringify(handovers);
    if (text === this.toldHanded) return;
    this.toldHanded = text;
    this.handed.replaceChildren(...handovers.map(handedLine));
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
    this.form.replaceChildren(h("label", {}, t(asked(what, needed)), note), submit, cancel);
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

/** What a step's note is to say. */
function asked(what, needed) {
  if (what === "not_dispatched") return "aftermath.note_reason";
  return needed ? "aftermath.note_needed" : "aftermath.note";
}

function line({ id, what, by, at, note, call }) {
  const who = h("span", {}, t("decide.by", { operator: by, time: moment(at) }));
  const said = call === null ? note : t("telephone.told", { ...call, time: moment(call.at).slice(0, -":00".length), number: call.number ?? "–" });
  return h("li", { "data-step": what, "data-id": id }, h("b", {}, t(`step.${what}`)), who, said === null ? null : h("q", {}, said));
}

function handedLine({ id, text, by, at, taken_by: taker, taken_at: takenAt }) {
  const taken = taker === null ? t("handover.own") : t("handover.taken_by", { name: taker, time: moment(takenAt) });
  const who = h("span", {}, `${t("handover.by", { name: by, time: moment(at) })} · ${taken}`);
  return h("li", { "data-note": id }, h("b", {}, t("handover.title")), who, h("q", {}, text));
}
