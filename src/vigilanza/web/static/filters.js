// What may be asked of the archive, and the query that asks it. Days are the site's.

import { dayAfter } from "./days.js";
import { h } from "./dom.js";
import { REASONS } from "./decision.js";
import { now, isoDay, t } from "./words.js";

const KINDS = [
  "loitering", "tampering", "seal_changed", "door_opened", "entry", "exit", "camera_covered", "camera_moved",
  "camera_defocused", "camera_dark", "camera_frozen", "camera_lost", "camera_unsteady",
];
const SEVERITIES = ["info", "attention", "alarm", "critical"];
const OUTCOMES = ["undecided", "confirmed", "rejected"];
const STEPS = [
  "dispatched", "dispatched_by_phone", "not_dispatched", "telephoned", "on_site", "recovered", "occupied", "unfounded",
  "attempt_failed", "minors_present", "social_services_told", "resecured", "closed",
];
const USUAL_DAYS = 30;

/** The form's fields. */
export function filters({ cameras, doors, stairs }) {
  const today = now();
  return [
    label("archive.from", h("input", { type: "date", name: "from", required: true, value: isoDay(today - (USUAL_DAYS - 1) * 86400) })),
    label("archive.to", h("input", { type: "date", name: "to", required: true, value: isoDay(today) })),
    label("archive.stair", choice("stair", stairs)),
    label("archive.door", choice("door", doors)),
    label("archive.camera", choice("camera", cameras)),
    label("archive.kind", choice("kind", KINDS, (kind) => t(`moment.${kind}`))),
    label("archive.severity", choice("severity", SEVERITIES, (one) => t(`severity.${one}`))),
    label("archive.outcome", choice("outcome", OUTCOMES, (one) => t(`outcome.${one}`))),
    label("archive.reason", choice("reason", REASONS, (one) => t(`reason.${one}`))),
    label("archive.step", choice("step", STEPS, (one) => t(`step.${one}`))),
    h("button", { type: "submit", class: "primary" }, t("archive.search")),
  ];
}

/** `places`: only what statistics are asked by. The last day counts whole. */
export function queryOf(form, { places = false } = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (value === "" || (places && !["from", "to", "stair", "door", "camera"].includes(name))) continue;
    if (name === "from") query.set(name, `${value}T00:00`);
    else if (name === "to") query.set(name, `${dayAfter(value)}T00:00`);
    else query.set(name, value);
  }
  return query.toString();
}

const label = (key, field) => h("label", {}, t(key), field);

function choice(name, values, say = (value) => value) {
  const all = h("option", { value: "" }, t("archive.any"));
  return h("select", { name }, all, values.map((value) => h("option", { value }, say(value))));
}
