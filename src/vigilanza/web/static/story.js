// What was seen, in words, in the order it happened.

import { h } from "./dom.js";
import { clockTime, language, t } from "./words.js";

export class Story {
  constructor() {
    this.list = h("ol", { tabindex: "0" });
    this.element = h("section", { class: "story" }, h("h3", {}, t("detail.evidence")), this.list);
    this.told = 0;
  }

  update(events) {
    if (events.length === this.told) return;
    this.told = events.length;
    this.list.replaceChildren(...events.map(moment));
    if (events.length === 0) this.list.append(h("li", {}, t("detail.no_evidence")));
  }
}

function moment(event) {
  const facts = event.evidence.map((fact) =>
    h("li", {}, `${fact.text[language]} `, h("small", {}, `· ${t("detail.confidence", { percent: Math.round(fact.confidence * 100) })}`)),
  );
  return h(
    "li", { class: "moment", "data-severity": event.severity }, h("time", {}, clockTime(event.at)),
    h("b", {}, t(`moment.${event.kind}`)), facts.length > 0 ? h("ul", {}, facts) : null,
  );
}
