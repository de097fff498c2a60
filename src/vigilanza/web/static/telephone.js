// On the telephone about a confirmed incident: whom to call, what to read aloud, and what was said.

import { h, say } from "./dom.js";
import { may } from "./may.js";
import { clockTime, language, now, t } from "./words.js";

const [LONGEST_NAME, LONGEST_SAID] = [100, 300];
const OTHER = "";
const CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"; // a field for times shows a.m. and p.m. where the browser is English

export class Telephone {
  /** `call(made)` promises success. */
  constructor({ call }) {
    this.call = call;
    this.start = h("button", { type: "button", class: "plain", "aria-expanded": "false", "aria-keyshortcuts": "t", on: { click: () => this.toggle() } }, t("telephone.open"));
    this.lines = h("ol");
    this.spoken = language;
    this.languages = h("div", { class: "languages", role: "group", "aria-label": t("telephone.language") });
    this.form = h("form");
    this.sheet = h("div", { class: "sheet", hidden: true },
      h("section", { class: "script", "aria-label": t("telephone.read") }, h("h4", {}, t("telephone.read"), this.languages), this.lines), this.form);
    this.sheet.addEventListener("keydown", (event) => event.key === "Escape" && this.toggle());
    this.element = h("section", { class: "telephone", "data-needs": "follow_up", hidden: true }, h("h3", {}, t("telephone.title"), this.start), this.sheet);
    this.told = "";
  }

  update({ script, callees, steps, next_steps: next }) {
    this.last = steps.at(-1)?.id ?? null;
    this.element.hidden = script === null || next.length === 0; // nothing is noted once it is closed
    const text = JSON.stringify([script, callees]);
    if (text === this.told) return;
    this.told = text;
    this.script = script;
    this.callees = callees;
    this.read();
  }

  /** The lines, in the language in which they are to be spoken. */
  read() {
    if (this.script === null) return;
    this.lines.lang = this.spoken;
    this.lines.replaceChildren(...this.script[this.spoken].map((line) => h("li", {}, line)));
    this.languages.replaceChildren(...Object.keys(this.script).map((code) => {
      const speak = () => {
        this.spoken = code;
        this.read();
        this.languages.querySelector(`[lang="${code}"]`).focus();
      };
      return h("button", { type: "button", class: "quiet", lang: code, "aria-pressed": String(code === this.spoken), on: { click: speak } }, code.toUpperCase());
    }));
  }

  /** True if there is something to be opened or closed. */
  toggle() {
    if (this.element.hidden || !may("follow_up")) return false;
    const open = this.sheet.hidden;
    const held = this.holds(document.activeElement);
    this.sheet.hidden = !open;
    this.start.setAttribute("aria-expanded", String(open));
    say(this.start, t(open ? "telephone.close" : "telephone.open"));
    if (open) this.ask();
    if (open) this.form.querySelector("input").focus();
    else if (held) this.start.focus(); // whoever went on meanwhile is not called back
    if (open) this.element.scrollIntoView({ block: "nearest" });
    return true;
  }

  /** Also if it was on the button that is being pressed: the browser lets go of it. */
  holds(element) {
    return this.sheet.contains(element) || element === document.body;
  }

  ask() {
    const callees = this.callees.map((one) => callee(one.id, one.name, one.telephone));
    const other = h("input", { name: "other", maxlength: LONGEST_NAME, autocomplete: "off", "aria-label": t("telephone.other_name") });
    const at = h("input", {
      name: "at", required: true, pattern: CLOCK, maxlength: 5, inputmode: "numeric", autocomplete: "off", value: clockTime(now()).slice(0, 5),
      title: t("telephone.at_form"),
    });
    const submit = h("button", { type: "submit", class: "primary" }, t("telephone.submit"));
    this.form.replaceChildren(
      h("fieldset", {}, h("legend", {}, t("telephone.whom")), callees, h("div", { class: "callee other" }, choice(OTHER, t("telephone.other")), other)),
      h("label", { class: "at" }, t("telephone.at"), at),
      h("label", {}, t("telephone.spoke_with"), field("spoke_with", LONGEST_NAME)),
      h("label", { class: "said" }, t("telephone.said"), field("said", LONGEST_SAID)),
      submit,
    );
    const picked = () => (other.required = this.form.elements.whom.value === OTHER);
    this.form.onchange = picked;
    other.addEventListener("input", () => {
      this.form.querySelector(`[name="whom"][value="${OTHER}"]`).checked = true;
      picked();
    });
    this.form.onsubmit = (event) => this.send(event, submit);
  }

  async send(event, submit) {
    event.preventDefault();
    submit.disabled = true;
    const { whom, other, at, spoke_with: answered, said } = Object.fromEntries(new FormData(this.form));
    const made = { whom: whom === OTHER ? other : whom, at: momentOf(at), spoke_with: answered, said, after: this.last };
    const done = await this.call(made);
    submit.disabled = false;
    if (done && !this.sheet.hidden) this.toggle();
  }
}

function callee(id, name, telephone) {
  const link = h("a", { href: `tel:${telephone.replaceAll(" ", "")}` }, telephone);
  return h("div", { class: "callee" }, choice(id, name), link);
}

const choice = (value, words) => h("label", {}, h("input", { type: "radio", name: "whom", value, required: true }), h("span", {}, words));

const field = (name, maxlength) => h("input", { name, maxlength, required: true, autocomplete: "off" });

/** The latest moment at which the clock of the site said so, as ISO 8601. */
function momentOf(time) {
  const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
  const ago = (minutes(clockTime(now())) - minutes(time) + 1440) % 1440;
  return new Date((Math.floor(now() / 60) - ago) * 60_000).toISOString();
}
