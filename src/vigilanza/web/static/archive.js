// The archive: what happened, found by time, place and outcome; its figures; all of it as a table for spreadsheets.

import { Figures } from "./figures.js";
import { h, say } from "./dom.js";
import { may } from "./may.js";
import { filters, queryOf } from "./filters.js";
import { server } from "./server.js";
import { count, moment, day, t } from "./words.js";

const byId = (id) => document.getElementById(id);

export class Archive {
  /** `choose` opens an incident, `fail` says what the server refused, `before` makes room. */
  constructor({ choose, fail, before }) {
    Object.assign(this, { choose, fail, before });
    this.found = null;
    this.places = { cameras: [], doors: [], stairs: [] };
    this.rows = [];
    this.figures = new Figures(byId("archive-figures"));
    byId("archive-open").addEventListener("click", () => this.open());
    byId("archive-close").addEventListener("click", () => this.close());
    byId("archive-more").addEventListener("click", () => this.search(this.found.next));
    byId("archive-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.search();
    });
    byId("archive-form").addEventListener("input", () => this.link());
    byId("archive-form").addEventListener("keydown", (event) => event.key === "Escape" && this.close());
  }

  get isOpen() {
    return !byId("archive").hidden;
  }

  async open() {
    if (this.isOpen) return;
    this.before();
    byId("console").hidden = true;
    byId("archive").hidden = false;
    if (this.found === null) this.build();
    byId("archive-form").querySelector("input").focus();
    if (this.found === null) await this.search();
  }

  close() {
    if (!this.isOpen) return;
    byId("archive").hidden = true;
    byId("console").hidden = false;
    byId("archive-open").focus();
  }

  /** Nothing of it stays for whoever signs in next. */
  forget() {
    this.close();
    this.found = null;
    this.rows = [];
    this.figures.forget();
    for (const id of ["archive-form", "archive-rows"]) byId(id).replaceChildren();
  }

  /** In another language. */
  retell() {
    const opened = this.isOpen;
    this.forget();
    if (opened) this.open();
  }

  /** True if the key was for the archive. What is hidden behind it hears none. */
  key(key) {
    if (key === "h" && may("see_history")) this.isOpen ? this.close() : this.open();
    else if (!this.isOpen) return false;
    else if (key === "Escape") this.close();
    else if (key === "j" || key === "k") this.move(key === "j" ? 1 : -1);
    else return false;
    return true;
  }

  move(step) {
    const buttons = [...byId("archive-rows").querySelectorAll("button")];
    const next = buttons[buttons.indexOf(document.activeElement) + step];
    next?.focus();
  }

  build() {
    byId("archive-form").replaceChildren(...filters(this.places));
    this.link();
  }

  link() {
    const form = byId("archive-form");
    byId("archive-export").href = `/api/history.csv?${queryOf(form)}`;
    byId("archive-figures-export").href = `/api/statistics.csv?${queryOf(form, { places: true })}`;
  }

  /** `after`: add the next page to what is shown. */
  async search(after = null) {
    const query = queryOf(byId("archive-form"));
    try {
      const found = await server.history(query, after);
      this.rows = after === null ? found.incidents : [...this.rows, ...found.incidents];
      this.found = found;
      if (JSON.stringify(found.places) !== JSON.stringify(this.places)) this.replace(found.places);
      this.list();
      if (after === null) this.figures.show(await server.statistics(queryOf(byId("archive-form"), { places: true })));
    } catch (refusal) {
      this.fail(refusal);
    }
  }

  /** What there is to choose from has changed: what was chosen stays. */
  replace(places) {
    this.places = places;
    const held = document.activeElement.closest("#archive-form") && document.activeElement.name;
    const chosen = Object.fromEntries(new FormData(byId("archive-form")));
    this.build();
    for (const [name, value] of Object.entries(chosen)) byId("archive-form").elements[name].value = value;
    if (held) byId("archive-form").elements[held].focus();
    this.link();
  }

  list() {
    const { count, next } = this.found;
    say(byId("archive-count"), t("archive.found", { shown: this.rows.length, count }));
    byId("archive-rows").replaceChildren(...this.rows.map((one) => this.row(one)));
    byId("archive-table").hidden = count === 0;
    byId("archive-more").hidden = next === null;
  }

  row(one) {
    const button = h("button", { type: "button", class: "quiet", on: { click: () => this.choose(one.id) } }, when(one.opened_at));
    const verdict = one.outcome === "confirmed" ? `AVS ${one.avs}` : one.outcome === "rejected" ? t(`reason.${one.reason}`) : "";
    return h(
      "tr", { "data-id": one.id, "data-severity": one.severity },
      h("td", {}, button), h("td", {}, one.door ?? "–"), h("td", {}, one.stair ?? "–"), h("td", {}, one.camera),
      h("td", {}, t(`moment.${one.kind}`)), h("td", { class: "severity" }, t(`severity.${one.severity}`)),
      h("td", {}, t(`outcome.${one.outcome}`), verdict ? h("small", {}, verdict) : null, followed(one)), h("td", {}, one.decided_by ?? "–"),
    );
  }
}

/** How far it has come since, how often somebody telephoned, how many hand-over notes are about it. */
function followed({ last_step: step, calls, handover_notes: notes }) {
  const words = [
    step === null ? null : t(`step.${step}`), calls > 0 ? count("archive.calls", calls) : null,
    notes > 0 ? count("archive.notes", notes) : null,
  ].filter((word) => word !== null);
  return words.length > 0 ? h("small", { class: "followed" }, words.join(" · ")) : null;
}

/** With the year: an archive goes back. */
const when = (at) => `${day(at)} ${moment(at).split(" ").at(-1)}`;
