// What was at the same door in the last thirty days: how much of each, then the newest. Asked for once, when an incident is opened.

import { h, say } from "./dom.js";
import { may } from "./may.js";
import { server } from "./server.js";
import { day, moment, t } from "./words.js";

const COUNTS = ["confirmed", "rejected", "undecided", "attention", "camera", "visits"];

export class Past {
  /** `choose` opens another incident. */
  constructor({ id, door }, { choose }) {
    this.choose = choose;
    this.note = h("p", { role: "status" }, t("past.reading"));
    this.counts = h("dl");
    this.list = h("ol");
    const title = t(door === null ? "past.title_camera" : "past.title");
    this.element = h("section", { class: "past", "data-needs": "see_history" }, h("h3", {}, title), this.note, this.counts, this.list);
    if (may("see_history")) this.read(id);
  }

  async read(id) {
    try {
      this.show(await server.past(id));
    } catch (refusal) {
      if (refusal.status === undefined) throw refusal;
      say(this.note, t("past.unknown", { why: refusal.words }));
    }
  }

  show({ counts, entries }) {
    const all = COUNTS.reduce((sum, name) => sum + counts[name], 0);
    say(this.note, all === 0 ? t("past.none") : all > entries.length ? t("past.newest", { shown: entries.length, count: all }) : "");
    this.counts.replaceChildren(...COUNTS.map((name) => count(name, counts[name])));
    this.list.replaceChildren(...entries.map((entry) => this.row(entry)));
  }

  row(entry) {
    const when = h("time", {}, `${day(entry.at).slice(0, 5)} ${moment(entry.at).split(" ").at(-1).slice(0, 5)}`);
    if (entry.what === "visit") {
      const words = h("span", {}, `${entry.id} · ${entry.who}: ${entry.reason}`);
      return h("li", { "data-what": "visit" }, when, h("b", {}, t("past.visit")), words);
    }
    const open = h("button", { type: "button", class: "quiet", on: { click: () => this.choose(entry.id) } }, t(`moment.${entry.kind}`));
    return h("li", { "data-what": entry.what, "data-severity": entry.severity }, when, open, h("span", {}, verdict(entry)));
  }
}

const count = (name, number) => h("div", { "data-count": name, "data-none": String(number === 0) }, h("dt", {}, t(`past.${name}`)), h("dd", {}, String(number)));

function verdict({ outcome, avs, reason, last_step: step }) {
  const words = [t(`outcome.${outcome}`)];
  if (outcome === "confirmed") words.push(`AVS ${avs}`);
  if (outcome === "rejected") words.push(t(`reason.${reason}`));
  if (step !== null) words.push(t(`step.${step}`));
  return words.join(" · ");
}
