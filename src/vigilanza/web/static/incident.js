// One incident: what it is, what is seen, the decision, who was told.

import { Debts } from "./deliveries.js";
import { Decision } from "./decision.js";
import { h, icon, say } from "./dom.js";
import { Screen } from "./media.js";
import { Story } from "./story.js";
import { headline, moment, now, span, t } from "./words.js";

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
    const { head, screen, story, decision, debts } = this.parts;
    head.update(detail);
    screen.update(detail.media);
    story.update(detail.events);
    decision.update(detail);
    debts.update(detail.deliveries);
    this.tick();
  }

  build(detail) {
    this.parts?.screen.leave();
    const id = detail.id;
    const { confirm, reject, requeue, writeOff, next, choose } = this.acts;
    const parts = {
      head: new Head(),
      screen: new Screen(),
      story: new Story(),
      decision: new Decision({
        confirm: (...decision) => confirm(id, ...decision), reject: (...decision) => reject(id, ...decision), next: () => next(id), choose,
      }),
      debts: new Debts({ requeue, writeOff }),
    };
    this.parts = parts;
    const seen = h("div", { class: "seen" }, parts.screen.element, parts.story.element);
    pane.replaceChildren(parts.head.element, seen, parts.decision.element, parts.debts.element);
    pane.scrollTop = 0;
  }

  clear(key = "detail.none") {
    this.parts?.screen.leave();
    this.parts = null;
    this.incident = null;
    const hint = key === "detail.none" ? h("p", {}, t("detail.none_hint")) : null;
    pane.replaceChildren(h("div", { class: "nothing" }, h("p", {}, t(key)), hint));
  }

  key(name) {
    return this.parts?.decision.key(name) ?? false;
  }

  tick() {
    if (this.parts !== null) this.parts.head.tick(this.incident);
  }
}

class Head {
  constructor() {
    this.word = h("b");
    this.phase = h("span");
    this.title = h("h2");
    this.term = h("dt");
    this.left = h("span");
    this.until = h("small");
    this.flagrance = h("div", { class: "flagrance" }, this.term, h("dd", {}, this.left, " ", this.until));
    this.facts = { camera: h("dd"), opened: h("dd"), age: h("dd") };
    this.ageWord = h("dt");
    const list = h(
      "dl", { class: "facts" },
      h("div", {}, h("dt", {}, t("detail.camera")), this.facts.camera),
      h("div", {}, h("dt", {}, t("detail.opened")), this.facts.opened),
      h("div", {}, this.ageWord, this.facts.age),
      this.flagrance,
    );
    const title = h("div", {}, h("p", { class: "severity" }, this.word, " ", this.phase), this.title);
    this.element = h("header", { class: "head" }, icon("info"), title, list);
  }

  update(incident) {
    this.element.dataset.severity = incident.severity;
    this.element.querySelector("use").setAttribute("href", `#i-${incident.severity}`);
    say(this.word, t(`severity.${incident.severity}`));
    say(this.phase, `· ${t(`phase.${incident.phase}`)}`);
    say(this.title, headline(incident));
    this.title.title = headline(incident);
    say(this.facts.camera, incident.camera);
    say(this.facts.opened, moment(incident.opened_at));
    say(this.ageWord, t(incident.closed_at === null ? "detail.age" : "detail.lasted"));
    this.flagrance.hidden = incident.flagrance_until === null;
  }

  tick(incident) {
    say(this.facts.age, span((incident.closed_at ?? now()) - incident.opened_at));
    if (incident.flagrance_until === null) return;
    const left = incident.flagrance_until - now();
    say(this.term, t(left > 0 ? "flagrance.left" : "flagrance.over"));
    say(this.left, left > 0 ? hours(left) : moment(incident.flagrance_until));
    say(this.until, left > 0 ? t("flagrance.until", { time: moment(incident.flagrance_until).slice(0, -3) }) : "");
  }
}

const hours = (seconds) => span(Math.min(seconds, 99 * 3600));
