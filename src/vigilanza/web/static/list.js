// The list of incidents. The server gives the order; rows keep their element, so focus and clicks never jump.
// Cameras that were hit at once are one row, which unfolds; so are the alarms of a camera that has too many.

import { arrange, h, icon, say } from "./dom.js";
import { Group } from "./group.js";
import { haste } from "./haste.js";
import { moment, now, phase, span, t } from "./words.js";

const byId = (id) => document.getElementById(id);

export class IncidentList {
  constructor({ choose, isUnseen }) {
    this.choose = choose;
    this.isUnseen = isUnseen;
    this.rows = new Map();
    this.groups = new Map();
    this.order = [];
    this.beyond = 0; // how many more wait than the server lists
    this.selected = null;
    setInterval(() => this.age(), 1000);
  }

  update(incidents) {
    const [waiting, decided] = [gathered(incidents.filter((i) => i.waiting)), incidents.filter((i) => !i.waiting)];
    this.order = [...waiting, ...decided];
    const listed = new Set(incidents.map((incident) => incident.id));
    for (const id of this.rows.keys()) if (!listed.has(id)) this.rows.delete(id);
    for (const incident of incidents) this.fill(incident);
    arrange(byId("waiting"), this.items(waiting));
    arrange(byId("decided"), decided.map((incident) => this.rows.get(incident.id).item));
    const beyond = waiting.length > 0 ? this.beyond : 0;
    say(byId("waiting-count"), String(waiting.length + beyond));
    byId("waiting-beyond").hidden = beyond === 0;
    say(byId("waiting-beyond"), beyond === 0 ? "" : t("list.beyond", { count: beyond }));
    say(byId("decided-count"), String(decided.length));
    byId("waiting-empty").hidden = waiting.length > 0;
    this.age();
  }

  /** What stands in the list for incidents that wait: a row each, before those of a group a row for all of them. */
  items(waiting) {
    const items = [];
    const standing = new Set();
    for (const incident of waiting) {
      const key = groupOf(incident);
      if (key !== null && !standing.has(key)) {
        const members = waiting.filter((one) => groupOf(one) === key);
        if (!this.groups.has(key)) {
          const open = members.some((one) => one.id === this.selected); // what is worked on does not go out of sight
          this.groups.set(key, new Group({ open, unfolded: () => this.update(this.order) }));
        }
        items.push(this.groups.get(key).show(members, members.filter((one) => this.isUnseen(one)).length));
        standing.add(key);
      }
      const { item } = this.rows.get(incident.id);
      item.hidden = key !== null && !this.groups.get(key).open;
      items.push(item);
    }
    for (const key of this.groups.keys()) if (!standing.has(key)) this.groups.delete(key);
    return items;
  }

  /** The incidents that wait and were hit at once with this one, itself among them; [] if it was alone. */
  together(id) {
    const key = this.order.find((incident) => incident.id === id && incident.waiting)?.together ?? null;
    return key === null ? [] : this.order.filter((incident) => incident.waiting && incident.together === key);
  }

  select(id) {
    this.selected = id;
    const chosen = this.order.find((incident) => incident.id === id && incident.waiting);
    const group = chosen && this.groups.get(groupOf(chosen));
    if (group?.open === false) group.unfold();
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
    const { item, button, part } = row;
    item.hidden = false;
    item.classList.toggle("member", incident.waiting && groupOf(incident) !== null);
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
      say(part.age, span(now() - incident.opened_at));
      part.age.dataset.haste = haste(incident, this.isUnseen(incident));
    }
  }
}

/** What an incident is shown with, or null: cameras hit at once, or a storm of one camera. */
const groupOf = ({ together, storm, camera }) => together ?? (storm ? `storm ${camera}` : null);

/** Those of a group stand together, where the first of them would. */
function gathered(waiting) {
  const first = new Map();
  waiting.map(groupOf).forEach((key, index) => key !== null && !first.has(key) && first.set(key, index));
  const place = (one, index) => first.get(groupOf(one)) ?? index;
  const placed = waiting.map((one, index) => [place(one, index), index, one]);
  return placed.sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, , one]) => one);
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
