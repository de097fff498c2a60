// What the archive comes to: each figure as a table, the countable ones drawn beside it.

import { h } from "./dom.js";
import { bars, PARTS, total } from "./plot.js";
import { day, language, span, t } from "./words.js";

const number = (value, digits) =>
  value === null ? "–" : value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });

export class Figures {
  constructor(element) {
    this.element = element;
  }

  forget() {
    this.element.replaceChildren();
  }

  show({ count, sums, false_alarms: rate, latency, aftermath, handover, blind_test: test }) {
    const same = (key) => key;
    this.element.replaceChildren(
      h("p", { class: "scope" }, t("figures.scope", { count })),
      rateOf(rate),
      testOf(test),
      counted("figures.days", sums.days, (key) => `${key.slice(8)}/${key.slice(5, 7)}`, { plot: true }),
      counted("figures.hours", sums.hours, same, { plot: true }),
      counted("figures.doors", sums.doors, same),
      counted("figures.cameras", sums.cameras, same),
      counted("figures.kinds", sums.kinds, (key) => t(`moment.${key}`)),
      section("figures.reasons", table(
        ["figures.reason", "figures.rejected", "figures.alarms"],
        sums.reasons.map((row) => [t(`reason.${row.key}`), row.rejected, row.alarms]),
      )),
      followedOf(aftermath),
      handedOf(handover),
      section("figures.latency", latency.length === 0 ? h("p", {}, t("figures.no_latency")) : table(
        ["figures.destination", "figures.receipts", "figures.p50", "figures.p95", "figures.max"],
        latency.map((row) => [row.destination, row.receipts, number(row.p50, 1), number(row.p95, 1), number(row.max, 1)]),
      )),
    );
  }
}

function rateOf(rate) {
  if (rate === null) return section("figures.false_alarms", h("p", {}, t("figures.no_rate")));
  const values = { count: rate.count, cameras: rate.cameras, days: number(rate.camera_days, 1) };
  return section(
    "figures.false_alarms",
    h("p", { class: "rate" }, h("b", {}, number(rate.per_camera_day, 3)), t("figures.per_camera_day")),
    h("p", {}, t("figures.bounds", { low: number(rate.low, 3), high: number(rate.high, 3) })),
    h("p", {}, t("figures.observed", values)),
  );
}

/** How much was found on recordings whose truth is known; first, why that may say nothing of what runs here. */
function testOf(test) {
  if (test === null) return section("figures.recall", h("p", {}, t("figures.no_recall")));
  const doubts = test.doubts.map((doubt) => h("p", { class: "doubt" }, t(`doubt.${doubt}`, { why: test.why })));
  if (test.measured === null) return section("figures.recall", ...doubts);
  const { recall, low, high, events, found, in_time: timely, recordings, made_at: made, vigilanza, people, models, truth_sha256: truth } = test.measured;
  const percent = (value) => (value === null ? "–" : `${number(100 * value, 1)} %`);
  const weights = Object.entries(models).map(([name, digest]) => `${name} ${digest.slice(0, 12)}`).join(", ");
  return section(
    "figures.recall", ...doubts,
    h("p", { class: "rate" }, h("b", {}, percent(recall)), t("figures.found", { found, events, recordings })),
    h("p", {}, t("figures.recall_bounds", { low: percent(low), high: percent(high), timely: percent(timely) })),
    h("p", {}, t("figures.measured", { day: day(Date.parse(made) / 1000), vigilanza, people, weights, truth: truth.slice(0, 12) })),
  );
}

/** What was done after the confirmations, and how long it took. */
function followedOf({ confirmed, stages, seconds, minors, calls, notes }) {
  if (confirmed === 0 && calls === 0 && notes === 0) return section("figures.aftermath", h("p", {}, t("figures.no_confirmed")));
  const word = (key) => t(key === "none" ? "figures.no_step" : `step.${key}`);
  return section(
    "figures.aftermath",
    h("p", {}, t("figures.followed", { confirmed, calls, minors, notes })),
    stages.length === 0 ? null : table(["figures.stage", "figures.incidents"], stages.map((row) => [word(row.key), row.incidents])),
    spans(seconds, (key) => t(`figures.until_${key}`)),
  );
}

function handedOf({ written, taken, seconds }) {
  const told = h("p", {}, t("figures.handed", { written, taken }));
  return section("figures.handover", told, spans(seconds === null ? [] : [seconds], () => t("figures.until_taken")));
}

/** Times as people read them: an outcome may take days. */
function spans(rows, word) {
  if (rows.length === 0) return null;
  const heads = ["figures.what", "figures.count", "figures.p50", "figures.p95", "figures.max"];
  return table(heads, rows.map((row) => [word(row.key), row.count, span(row.p50), span(row.p95), span(row.max)]));
}

/** Rows of which nothing happened are in the plot only: there a gap says so. */
function counted(key, rows, label, { plot = false } = {}) {
  const title = t(key);
  const told = rows.filter((row) => total(row) > 0);
  const cells = told.map((row) => [label(row.key), ...PARTS.map((part) => row[part]), total(row)]);
  const heads = ["figures.what", ...PARTS.map((part) => `outcome.${part}`), "figures.total"];
  const list = told.length === 0 ? h("p", {}, t("figures.none")) : table(heads, cells);
  const drawn = plot ? [h("figure", {}, bars(rows, { id: key.split(".")[1], title, label }), legend())] : [];
  return section(key, ...drawn, list);
}

function legend() {
  const mark = () => h("i", { "aria-hidden": "true" });
  return h("figcaption", {}, PARTS.map((part) => h("span", { class: `key ${part}` }, mark(), t(`outcome.${part}`))));
}

const section = (key, ...parts) => h("section", { "data-figure": key }, h("h3", {}, t(key)), ...parts);

function table(heads, rows) {
  const head = h("thead", {}, h("tr", {}, heads.map((key) => h("th", { scope: "col" }, t(key)))));
  const lines = rows.map(([first, ...rest]) => h("tr", {}, h("th", { scope: "row" }, first), rest.map((cell) => h("td", {}, cell))));
  return h("div", { class: "scroll", tabindex: rows.length > 8 ? 0 : null }, h("table", {}, head, h("tbody", {}, lines)));
}
