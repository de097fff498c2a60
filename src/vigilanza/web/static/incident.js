// One incident: what it is, what is seen, the decision, who was told.

import { Address } from "./address.js";
import { Aftermath } from "./aftermath.js";
import { Beside } from "./beside.js";
import { Custody } from "./custody.js";
import { Debts } from "./deliveries.js";
import { Decision } from "./decision.js";
import { h, icon, say } from "./dom.js";
import { Exports } from "./exports.js";
import { DECIDE_S, haste } from "./haste.js";
import { Screen } from "./media.js";
import { IncidentOrders } from "./orders.js";
import { Past } from "./past.js";
import { Plan } from "./plan.js";
import { Story } from "./story.js";
import { Telephone } from "./telephone.js";
import { headline, moment, now, phase, span, t } from "./words.js";

const pane = document.getElementById("incident");

export class IncidentPane {
  constructor(acts) {
    this.acts = acts;
    this.incident = null;
    this.parts = null;
    setInterval(() => this.tick(), 1000);
  }

  /** `detail` as the server gives it; `afresh` builds everything again (another language). */
  show(detail, { afresh = false } = {}) {
    if (this.incident?.id !== detail.id || this.parts === null || afresh) this.build(detail);
    this.incident = detail;
    const { head, orders, screen, address, story, decision, aftermath, telephone, plan, debts, custody, exports } = this.parts;
    head.update(detail);
    orders.update(detail.orders);
    const expected = detail.severity === "info" ? -Infinity : detail.opened_at; // no clip of a mere visit
    screen.update(detail, expected);
    address.update(detail.address);
    story.update(detail.events, detail.sentence);
    decision.update(detail);
    telephone.update(detail);
    aftermath.update(detail);
    plan.update(detail.plan);
    debts.update(detail.deliveries);
    custody.update(detail);
    exports.update(detail);
    this.tick();
  }

  build(detail) {
    this.letGo();
    const id = detail.id;
    const { confirm, reject, requeue, writeOff, next, choose, together, hold, confirmHold, release, askExport, grantExport, step, telephone: call } = this.acts;
    const parts = {
      head: new Head(),
      orders: new IncidentOrders(this.acts.orders),
      screen: new Screen(),
      address: new Address(),
      beside: new Beside(detail.camera),
      story: new Story(),
      decision: new Decision({
        confirm: (...decision) => confirm(id, ...decision),
        reject: (...decision) => reject(id, ...decision),
        next: () => next(id),
        together: () => together(id).filter((other) => other.id !== id),
        choose,
      }),
      aftermath: new Aftermath({ take: (taken) => step(id, taken) }),
      telephone: new Telephone({ call: (made) => call(id, made) }),
      plan: new Plan(),
      past: new Past(detail, { choose }),
      debts: new Debts({ requeue, writeOff }),
      custody: new Custody({ hold: (order) => hold(id, order), confirm: confirmHold, release }),
      exports: new Exports({ ask: (order) => askExport(id, order), grant: grantExport }),
    };
    this.parts = parts;
    const told = h("div", { class: "told" }, parts.address.element, parts.beside.element, parts.story.element);
    const seen = h("div", { class: "seen" }, parts.screen.element, told);
    const { head, orders, decision, aftermath, telephone, plan, past, debts, custody, exports } = parts;
    const around = h("div", { class: "around" }, plan.element, past.element);
    const shown = [head, orders, { element: seen }, decision, telephone, aftermath, { element: around }, debts, custody, exports];
    pane.replaceChildren(...shown.map(({ element }) => element));
    pane.scrollTop = 0;
  }

  clear(key = "detail.none") {
    this.letGo();
    this.parts = null;
    this.incident = null;
    const hint = key === "detail.none" ? h("p", {}, t("detail.none_hint")) : null;
    pane.replaceChildren(h("div", { class: "nothing" }, h("p", {}, t(key)), hint));
  }

  letGo() {
    this.parts?.screen.leave();
    this.parts?.beside.leave();
  }

  key(name) {
    if (name === "v" && this.parts !== null) return this.parts.beside.toggle();
    if (name === "t" && this.parts !== null) return this.parts.telephone.toggle();
    return this.parts?.decision.key(name) ?? false;
  }

  tick() {
    if (this.parts === null) return;
    this.parts.head.tick(this.incident);
    this.parts.orders.tick();
    this.parts.beside.tick();
  }
}

class Head {
  /** How long there is to decide; nothing once somebody did. */
  dueWords(incident) {
    if (!incident.waiting || incident.decision !== null) return "";
    const left = incident.opened_at + DECIDE_S[1] - now();
    return `  ·  ${left > 0 ? t("detail.decide_within", { left: span(left) }) : t("detail.decide_late")}`;
  }

  constructor() {
    this.word = h("b");
    this.facts = h("span");
    this.age = h("span");
    this.due = h("span", { class: "due" });
    this.number = h("span");
    this.title = h("h2");
    this.term = h("dt");
    this.left = h("dd");
    this.flagrance = h("dl", { class: "flagrance" }, this.term, this.left);
    const line = h("p", { class: "severity" }, this.word, this.facts, this.age, this.due, this.number);
    this.element = h("header", { class: "head" }, icon("info"), h("div", {}, line, this.title), this.flagrance);
  }

  update(incident) {
    this.element.dataset.severity = incident.severity;
    this.flagrance.hidden = incident.severity === "info"; // an authorised visit
    this.element.querySelector("use").setAttribute("href", `#i-${incident.severity}`);
    say(this.word, t(`severity.${incident.severity}`));
    const opened = t("detail.opened", { time: moment(incident.opened_at) });
    const facts = [phase(incident), incident.camera, opened];
    say(this.number, `  ·  ${t("detail.number", { number: incident.number })}`);
    say(this.facts, facts.filter(Boolean).join("  ·  "));
    say(this.title, headline(incident));
    this.title.title = headline(incident);
  }

  tick(incident) {
    const age = span((incident.closed_at ?? now()) - incident.opened_at);
    say(this.age, `  ·  ${t(incident.closed_at === null ? "detail.age" : "detail.lasted", { age })}`);
    say(this.due, this.dueWords(incident));
    this.due.dataset.haste = haste(incident, false);
    const left = incident.flagrance_until - now();
    const time = moment(incident.flagrance_until).slice(0, -":00".length);
    say(this.term, t(left > 0 ? "flagrance.until" : "flagrance.over", { time }));
    say(this.left, left > 0 ? t("flagrance.left", { left: span(left) }) : "");
  }
}
