// What was seen: in one sentence, and then fact by fact in the order it happened.

import { h, say } from "./dom.js";
import { clockTime, language, t } from "./words.js";

export class Story {
  constructor() {
    this.list = h("ol", { tabindex: "0" });
    this.sentence = h("p", { class: "sentence" });
    this.element = h("section", { class: "story" }, h("h3", {}, t("detail.evidence")), this.sentence, this.list);
    this.told = "";
  }

  update(events, sentence) {
    say(this.sentence, sentence === null ? "" : sentence[language]);
    const text = JSON.stringify(events);
    if (text === this.told) return;
    this.told = text;
    const latest = new Map(); // an event repeats the facts before it with longer times: the last word counts
    for (const event of events) for (const fact of event.evidence) latest.set(keyOf(fact), fact);
    const told = new Set();
    this.list.replaceChildren(...events.map((event) => {
      const fresh = event.evidence.map(keyOf).filter((key) => !told.has(key));
      fresh.forEach((key) => told.add(key));
      return moment(event, fresh.map((key) => latest.get(key)));
    }));
    if (events.length === 0) this.list.append(h("li", {}, t("detail.no_evidence")));
  }
}

const keyOf = (fact) => `${fact.fact}@${fact.at}`;

function moment(event, facts) {
  const lines = facts.map((fact) =>
    h("li", {}, `${fact.text[language]}, ${t("detail.confidence", { percent: Math.round(fact.confidence * 100) })}`),
  );
  const order = event.order === null ? null : h("small", {}, ` · ${t("orders.under", { order: event.order })}`);
  return h(
    "li", { class: "moment", "data-severity": event.severity }, h("time", {}, clockTime(event.at)),
    h("b", {}, t(`moment.${event.kind}`), order), lines.length > 0 ? h("ul", {}, lines) : null,
  );
}
