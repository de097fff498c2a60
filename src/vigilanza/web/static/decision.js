// Pick, then say so. Nothing is picked beforehand, the button waits for a pick, Esc takes it back.

import { h, icon, say } from "./dom.js";
import { may } from "./may.js";
import { headline, moment, t } from "./words.js";

const SCORES = [1, 2, 3, 4];
export const REASONS = [
  "authorised_work", "resident", "delivery_or_cleaning", "children", "animal",
  "light_or_shadow", "object_left", "camera_fault", "test", "other",
];

/** Of the decision that stands, null if there is none. */
const idOf = (incident) => incident.decision?.id ?? null;

export class Decision {
  /**
   * `confirm(avs, replaces, others)` and `reject({reason, looked_again}, replaces, others)` promise success; `next()` is the next waiting
   * incident, `together()` the others that were hit at once with this one.
   */
  constructor({ confirm, reject, next, choose, together }) {
    Object.assign(this, { confirm, reject, next, choose, together });
    this.element = h("section", { class: "decision", "aria-label": t("decide.title") });
    this.mode = null;
    this.incident = null;
    this.about = null; // the id of the decision that stood when the question was asked
    this.revising = null; // the id of the decision an operator wants to change
  }

  update(incident) {
    this.incident = incident;
    if (this.revising !== incident.decision?.id) this.revising = null;
    const decided = incident.decision !== null && !incident.waiting; // an authorised visit neither waits nor is decided
    if (decided && this.revising === null) this.showVerdict(incident.decision);
    else if (!this.asking || this.about !== idOf(incident)) this.ask("confirm"); // decided, and overtaken at once
    else this.showOthers();
  }

  /** Whether there are others to be decided with it; a tick that was set for some never counts for more. */
  showOthers() {
    const others = this.together();
    const ids = others.map((other) => other.id).join();
    if (ids !== this.offered) this.all.checked = false;
    this.offered = ids;
    this.allLine.hidden = others.length === 0;
    say(this.allWords, t("decide.together", { count: others.length + 1 }));
  }

  get asking() {
    return this.mode === "confirm" || this.mode === "reject";
  }

  /** Which question stands: "confirm" (a score) or "reject" (a reason). Any pick is taken back. */
  ask(mode) {
    this.mode = mode;
    this.about = idOf(this.incident);
    this.element.dataset.mode = mode;
    const scores = mode === "confirm";
    const choices = scores ? SCORES.map(scoreChoice) : REASONS.map(reasonChoice);
    this.submit = h("button", { type: "submit", class: "primary armed", disabled: true }, t(`decide.${mode}`));
    this.aside = h("button", { type: "button", class: "plain" }, t(scores ? "decide.reject" : "decide.cancel"));
    this.aside.addEventListener("click", () => this.step());
    this.hint = h("small", {}, t(scores ? "decide.pick" : "decide.pick_reason"));
    const question = h("span", { id: "decide-title" }, t(scores ? "decide.step1" : "decide.reject_title"));
    const title = h("h3", {}, question, this.hint, this.past(), this.undo());
    const kind = scores ? "choices" : "choices reasons";
    const set = h("div", { class: kind, role: "radiogroup", "aria-labelledby": "decide-title" }, choices);
    this.all = h("input", { type: "checkbox", name: "all" });
    this.allWords = h("span");
    this.allLine = h("label", { class: "all" }, this.all, this.allWords);
    this.showOthers();
    this.look = h("input", { type: "checkbox", name: "look", disabled: !this.looksAgain });
    const looked = h("label", { class: "all look", hidden: !this.looksAgain }, this.look, t("decide.look_again"));
    const acts = h("div", { class: "acts" }, this.submit, this.aside);
    this.form = h("form", { "data-needs": "decide" }, title, set, acts, looked, this.allLine);
    this.form.addEventListener("change", () => this.arm());
    this.form.addEventListener("submit", (event) => this.send(event));
    this.element.replaceChildren(this.form);
  }

  /** The decision that a new one would replace, in words. */
  past() {
    const decision = this.incident.decision;
    if (decision === null) return null;
    const why = t(decision.overtaken ? "decide.overtaken" : "decide.revising");
    const who = t("decide.by", { operator: decision.operator, time: moment(decision.at) });
    return h("small", { class: "past" }, `${why} ${verdictWords(decision)} (${who})`);
  }

  /** The way back from a revision. */
  undo() {
    if (this.revising === null) return null;
    return h("button", { type: "button", class: "quiet", on: { click: () => this.keep() } }, t("decide.keep"));
  }

  keep() {
    this.revising = null;
    this.showVerdict(this.incident.decision);
  }

  /** Ten of this camera were rejected in a row: the next one is not rejected by habit. */
  get looksAgain() {
    return this.mode === "reject" && this.incident.look_again;
  }

  get picked() {
    return this.form?.querySelector("[type=radio]:checked")?.value ?? null;
  }

  arm() {
    this.submit.disabled = this.picked === null || (this.looksAgain && !this.look.checked);
    if (this.mode === "confirm") say(this.submit, t("decide.confirm_as", { score: this.picked }));
    say(this.aside, t(this.mode === "confirm" && this.picked === null ? "decide.reject" : "decide.cancel"));
  }

  /** The second button: from a clean question to "reject", otherwise back to a clean question. */
  step() {
    const clean = this.mode === "confirm" && this.picked === null;
    this.ask(clean ? "reject" : "confirm");
    if (clean) this.form.querySelector("input").focus({ preventScroll: true });
    else this.aside.focus();
  }

  /** A key the page heard; true if it meant something here. */
  key(name) {
    if (!this.asking || !may("decide")) return false;
    const digit = "1234567890".indexOf(name);
    const choice = name.length === 1 && digit >= 0 ? this.form.querySelectorAll("[type=radio]")[digit] : undefined;
    if (choice !== undefined) {
      choice.checked = true;
      choice.focus();
      this.arm();
      return true;
    }
    if (name === "r" && this.mode === "confirm") {
      this.ask("reject");
      this.form.querySelector("input").focus();
      return true;
    }
    if (name === "Escape" && (this.mode === "reject" || this.picked !== null)) {
      this.ask("confirm");
      return true;
    }
    if (name === "Escape" && this.revising !== null) {
      this.keep();
      return true;
    }
    return false;
  }

  async send(event) {
    event.preventDefault();
    const picked = this.picked;
    if (picked === null || this.submit.disabled) return;
    this.submit.disabled = true;
    this.aside.disabled = true;
    say(this.submit, t("decide.sending"));
    const replaces = idOf(this.incident);
    const confirming = this.mode === "confirm";
    const others = this.all.checked ? this.together() : [];
    const rejection = { reason: picked, looked_again: this.look.checked };
    const done = await (confirming ? this.confirm(Number(picked), replaces, others) : this.reject(rejection, replaces, others));
    if (done || !this.form.isConnected) return;
    this.aside.disabled = false;
    say(this.submit, t(`decide.${this.mode}`));
    this.arm();
  }

  showVerdict(decision) {
    const confirmed = decision.avs !== null;
    this.mode = confirmed ? "confirmed" : "rejected";
    this.element.dataset.mode = this.mode;
    const revise = h("button", { type: "button", class: "quiet", "data-needs": "decide" }, t("decide.revise"));
    revise.addEventListener("click", () => {
      this.revising = decision.id;
      this.ask("confirm");
    });
    const who = t("decide.by", { operator: decision.operator, time: moment(decision.at) });
    const words = h("div", {}, h("b", {}, verdictWords(decision)), h("p", {}, who));
    const mark = icon(confirmed ? "acknowledged" : "written_off");
    const held = this.element.contains(document.activeElement);
    this.element.replaceChildren(h("div", { class: "verdict" }, mark, words, revise, this.onward()));
    const focus = this.element.querySelector(".next") ?? document.getElementById("incident");
    if (held) focus.focus({ preventScroll: true });
  }

  /** Straight to the next incident that waits. */
  onward() {
    const next = this.next();
    if (next === undefined) return h("p", {}, t("decide.all_done"));
    const go = { click: () => this.choose(next.id) };
    const attributes = { type: "button", class: "plain next", title: headline(next), on: go };
    return h("button", attributes, t("decide.next"), icon("next"));
  }
}

/** "Confermato AVS 3 · Forzatura o ingresso" */
function verdictWords({ avs, reason }) {
  return avs !== null
    ? `${t("decide.confirmed", { score: avs })} · ${t(`decide.avs${avs}`)}`
    : `${t("decide.rejected")} · ${t(`reason.${reason}`)}`;
}

function scoreChoice(score) {
  const input = h("input", { type: "radio", name: "avs", value: score });
  const mark = h("kbd", { title: t("decide.avs", { score }) }, String(score));
  const [title, meaning] = [t(`decide.avs${score}`), t(`decide.avs${score}_long`)];
  return h("label", { class: "choice" }, input, mark, h("b", {}, title), h("small", {}, meaning));
}

function reasonChoice(reason, index) {
  return h(
    "label", { class: "choice" }, h("input", { type: "radio", name: "reason", value: reason }),
    h("kbd", {}, String((index + 1) % 10)), h("b", {}, t(`reason.${reason}`)),
  );
}
