// The list of incidents. The server gives the order; rows keep their element, so focus and clicks never jump.

import { arrange, h, icon, say } from "./dom.js";
import { moment, now, phase, span, t } from "./words.js";

const LATE_S = 180; // a decision should take no longer
const byId = (id) => document.getElementById(id);

export class IncidentList {
  constructor({ choose, isUnseen }) {
    this.choose = choose;
    this.isUnseen = isUnseen;
    this.rows = new Map();
    this.order = [];
    this.selected = null;
    setInterval(() => this.age(), 1000);
  }

  update(incidents) {
    this.order = incidents;
    const [waiting, decided] = [incidents.filter((i) => i.waiting), incidents.filter((i) => !i.waiting)];
    const listed = new Set(incidents.map((incident) => incident.id));
    for (const id of this.rows.keys()) if (!listed.has(id)) this.rows.delete(id);
    for (const incident of incidents) this.fill(incident);
    arrange(byId("waiting"), waiting.map((incident) => this.rows.get(incident.id).item));
    arrange(byId("decided"), decided.map((incident) => this.rows.get(incident.id).item));
    say(byId("waiting-count"), String(waiting.length));
    say(byId("decided-count"), String(decided.length));
    byId("waiting-empty").hidden = waiting.length > 0;
    this.age();
  }

  select(id) {
    this.selected = id;
    for (const [key, row] of this.rows) row.button.setAttribute("aria-current", String(key === id));
    this.rows.get(id)?.button.scrollIntoView({ block: "nearest" });
  }

  /** Move by `step` rows from the chosen one and open that. */
  move(step) {
    if (this.order.length === 0) return;
    const at = this.order.findIndex((incident) => incident.id === this.selected);
    const next = this.order[Math.min(Math.max(at + step, 0), this.order.length - 1)];
    if (next.id === this.selected) return;
    this.choose(next.id);
    this.rows.get(next.id).button.focus();
  }

  /** The most urgent waiting incident other than `id`, or undefined. */
  nextAfter(id) {
    return this.order.find((incident) => incident.waiting && incident.id !== id);
  }

  fill(incident) {
    if (!this.rows.has(incident.id)) this.rows.set(incident.id, this.make(incident.id));
    const row = this.rows.get(incident.id);
    row.incident = incident;
    const { button, part } = row;
    const unseen = this.isUnseen(incident);
    button.dataset.severity = incident.severity;
    button.dataset.unseen = String(unseen);
    button.setAttribute("aria-current", String(incident.id === this.selected));
    button.querySelector("use").setAttribute("href", `#i-${incident.severity}`);
    say(part.word, t(`severity.${incident.severity}`));
    say(part.phase, phase(incident));
    say(part.code, incident.door ?? incident.camera);
    say(part.what, t(`moment.${incident.kind}`));
    const camera = incident.waiting && incident.door !== null ? incident.camera : "";
    say(part.where, [moment(incident.opened_at), camera].filter(Boolean).join(" · "));
    say(part.state, verdict(incident, unseen));
  }

  make(id) {
    const part = { word: h("b"), phase: h("small") };
    for (const name of ["age", "code", "state", "what", "where"]) part[name] = h("span", { class: name });
    const button = h(
      "button",
      { type: "button", class: "row", "data-id": id, on: { click: () => this.choose(id) } },
      icon("info"), h("span", { class: "severity" }, part.word, part.phase),
      part.age, part.code, part.state, part.what, part.where,
    );
    return { item: h("li", {}, button), button, part, incident: null };
  }

  age() {
    for (const { incident, part } of this.rows.values()) {
      const age = now() - incident.opened_at;
      say(part.age, span(age));
      part.age.dataset.late = String(incident.waiting && age > LATE_S);
    }
  }
}

function verdict(incident, unseen) {
  const { decision, severity, waiting } = incident;
  if (waiting && unseen) return t("list.unseen");
  if (waiting) return t(decision === null ? "decide.waiting" : "decide.again");
  if (decision === null) return `${t(`severity.${severity}`)} · ${t("orders.under", { order: incident.order })}`;
  const words =
    decision.avs !== null
      ? t("decide.confirmed", { score: decision.avs })
      : `${t("decide.rejected")}: ${t(`reason.${decision.reason}`)}`;
  return `${t(`severity.${severity}`)} · ${words}`;
}
