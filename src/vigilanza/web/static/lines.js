// The ways to those who are told: whether each answers, and a marked test over it.

import { h, say } from "./dom.js";
import { may } from "./may.js";
import { server } from "./server.js";
import { count, decimal, moment, t } from "./words.js";

const EVERY_MS = 15_000;
const TEST_EVERY_MS = 500;
const byId = (id) => document.getElementById(id);

export class LinesDesk {
  /** `warn(words)` calls the operator when a line breaks; `ended(refusal)` when one's own session is over. */
  constructor({ warn, ended }) {
    Object.assign(this, { warn, ended });
    this.dialog = byId("lines");
    this.problem = this.dialog.querySelector(".problem");
    this.lines = [];
    this.due = 0;
    this.tests = new Map(); // what became of the last test, by destination
    byId("lines-open").addEventListener("click", () => this.open());
    byId("lines-notice").addEventListener("click", () => this.open());
    byId("lines-close").addEventListener("click", () => this.dialog.close());
  }

  async open() {
    say(this.problem, "");
    this.dialog.showModal();
    await this.read();
  }

  forget() {
    this.dialog.close();
    this.tests.clear();
    this.take([]);
  }

  /** To be called whenever the line to the server beats. */
  async beat() {
    if (performance.now() < this.due || !may("follow")) return;
    this.due = performance.now() + EVERY_MS;
    await this.read();
  }

  async read() {
    try {
      this.take((await server.lines()).lines);
    } catch (refusal) {
      if (refusal.status === undefined) throw refusal;
      if (refusal.status === 401) this.ended(refusal);
    }
  }

  take(lines) {
    const broken = new Set(this.broken.map(({ destination }) => destination));
    this.lines = lines;
    this.retell();
    if (this.broken.some(({ destination }) => !broken.has(destination))) this.warn(byId("lines-notice").textContent);
  }

  get broken() {
    return this.lines.filter(({ line }) => line === "down");
  }

  /** Say it, in the language of now. */
  retell() {
    const { broken } = this;
    byId("lines-notice").hidden = broken.length === 0;
    if (broken.length > 0) {
      const names = broken.map((one) => t("lines.since", { name: one.destination, time: moment(one.since) })).join(", ");
      say(byId("lines-notice"), `${count("lines.broken", broken.length)} ${names}`);
    }
    byId("lines-none").hidden = this.lines.length > 0;
    const held = document.activeElement?.dataset.test;
    byId("lines-list").replaceChildren(...this.lines.map((one) => this.row(one)));
    const again = [...byId("lines-list").querySelectorAll("[data-test]")].find(({ dataset }) => dataset.test === held);
    again?.focus({ preventScroll: true });
  }

  row(one) {
    const test = h("button", { type: "button", class: "plain", "data-test": one.destination, "data-needs": "test_lines" }, t("lines.test"));
    test.disabled = this.tests.get(one.destination)?.ended === false;
    test.addEventListener("click", () => this.test(one.destination));
    const heard = one.heard_at === null ? null : t("lines.heard", { time: moment(one.heard_at) });
    const trip = one.round_trip_seconds === null ? null : t("lines.round_trip", { seconds: decimal(one.round_trip_seconds) });
    const receipt = one.last_receipt_at === null ? t("lines.no_receipt") : t("lines.receipt", { time: moment(one.last_receipt_at) });
    const owed = one.owed === 0 ? t("lines.owes_nothing") : t("lines.owed", { count: one.owed, waiting: one.waiting_for_person });
    return h(
      "li", { "data-destination": one.destination, "data-line": one.line ?? "unknown" },
      h("b", {}, one.destination), state(one),
      h("p", {}, [heard, trip, receipt, owed].filter((words) => words !== null).join(" · ")),
      one.why === null ? null : h("p", { class: "why" }, one.why),
      one.paths.map((path) => h("p", { class: "path", "data-line": path.line }, h("span", {}, path.path), state(path), path.why === null ? null : h("span", {}, path.why))),
      test, h("p", { class: "outcome", role: "status" }, this.tests.get(one.destination)?.words ?? ""),
    );
  }

  async test(destination) {
    say(this.problem, "");
    this.tests.set(destination, { ended: false, words: "" }); // one click owes one test
    this.retell();
    try {
      const { alert } = await server.testLine(destination);
      let ended = false;
      while (!ended && this.dialog.open) {
        const told = await server.lineTest(alert);
        ({ ended } = told);
        this.tests.set(destination, { ended, words: words(told) });
        this.retell();
        if (!ended) await new Promise((resolve) => setTimeout(resolve, TEST_EVERY_MS));
      }
      if (!ended) this.tests.delete(destination); // nobody waits for it any more; it stays owed, as an alert would
    } catch (refusal) {
      if (refusal.status === undefined) throw refusal;
      this.tests.delete(destination);
      if (refusal.status === 401) this.ended(refusal);
      else say(this.problem, refusal.words);
    }
    await this.read();
  }
}

function state({ line, since }) {
  const words = { up: "lines.up", down: "lines.down" }[line];
  return h("span", { class: "state" }, words === undefined ? t("lines.unknown") : t(words, { time: moment(since) }));
}

function words({ steps, ended }) {
  const { what, detail } = steps.at(-1);
  if (!ended) return t("lines.test_waits", { detail });
  return t(what === "acknowledged" ? "lines.test_receipt" : "lines.test_refused", { detail });
}
