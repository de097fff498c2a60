// The audit chain: who did what when, for those who watch over it. It can be read, searched, checked and exported; nothing else.

import { dayAfter } from "./days.js";
import { h, say } from "./dom.js";
import { server } from "./server.js";
import { day, clockTime, isoDay, knows, now, t } from "./words.js";

const byId = (id) => document.getElementById(id);
const PAGE = 200;
const USUAL_DAYS = 7;
const FAMILIES = [
  "incident", "media", "picture", "live", "video", "alert", "history", "audit", "hold", "export", "handover", "work_order",
  "session", "login", "operator", "token", "setup", "safeguards", "still",
];

export class Trail {
  /** `fail` says what the server refused, `before` makes room. */
  constructor({ fail, before }) {
    Object.assign(this, { fail, before });
    this.records = null;
    this.asked = null; // the latest search: the answer to an earlier one, or one before a sign-out, is not shown
    byId("trail-open").addEventListener("click", () => this.open());
    byId("trail-close").addEventListener("click", () => this.close());
    byId("trail-check").addEventListener("click", () => this.check());
    byId("trail-more").addEventListener("click", () => this.search(this.records.at(-1).number));
    const form = byId("trail-form");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.search();
    });
    form.addEventListener("input", () => this.link());
    form.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
  }

  get isOpen() {
    return !byId("trail").hidden;
  }

  async open() {
    if (this.isOpen) return;
    this.before();
    byId("console").hidden = true;
    byId("trail").hidden = false;
    if (this.records === null) {
      byId("trail-form").replaceChildren(...fields());
      this.link();
    }
    byId("trail-form").querySelector("input").focus();
    if (this.records === null) await this.search();
  }

  close() {
    if (!this.isOpen) return;
    byId("trail").hidden = true;
    byId("console").hidden = false;
    byId("trail-open").focus();
  }

  /** Nothing of it stays for whoever signs in next. */
  forget() {
    this.close();
    this.records = this.asked = null;
    for (const id of ["trail-form", "trail-rows", "trail-state"]) byId(id).replaceChildren();
  }

  /** In another language. */
  retell() {
    const opened = this.isOpen;
    this.forget();
    if (opened) this.open();
  }

  /** True if the key was for it. What is hidden behind it hears none. */
  key(key) {
    if (!this.isOpen || key !== "Escape") return false;
    this.close();
    return true;
  }

  link() {
    byId("trail-export").href = `/api/audit.csv?${queryOf(byId("trail-form"))}`;
  }

  /** `before`: add what comes before that number to what is shown. */
  async search(before = null) {
    const asked = (this.asked = {});
    try {
      const { records, count } = await server.audit(queryOf(byId("trail-form")), before);
      if (this.asked !== asked) return;
      this.records = before === null ? records : [...this.records, ...records];
      say(byId("trail-count"), t("trail.found", { shown: this.records.length, count }));
      byId("trail-rows").replaceChildren(...this.records.map(row));
      byId("trail-table").hidden = this.records.length === 0;
      byId("trail-more").hidden = records.length < PAGE;
    } catch (refusal) {
      if (this.asked === asked) this.fail(refusal);
    }
  }

  async check() {
    const button = byId("trail-check");
    button.disabled = true;
    byId("trail-state").replaceChildren(h("li", {}, t("trail.checking")));
    try {
      const { findings } = await server.checkAudit();
      byId("trail-state").replaceChildren(...findings.map(({ code, about, state }) => {
        const key = `trail.finding.${code}`;
        return h("li", { "data-state": state }, knows(key) ? t(key, { about }) : `${code} ${about}`);
      }));
    } catch (refusal) {
      byId("trail-state").replaceChildren();
      this.fail(refusal);
    }
    button.disabled = false;
  }
}

function fields() {
  const families = FAMILIES.map((family) => h("option", { value: family }, t(`trail.kind.${family}`)));
  return [
    label("archive.from", h("input", { type: "date", name: "from", required: true, value: isoDay(now() - (USUAL_DAYS - 1) * 86400) })),
    label("archive.to", h("input", { type: "date", name: "to", required: true, value: isoDay(now()) })),
    label("trail.who", h("input", { name: "who", maxlength: 200, autocomplete: "off" })),
    label("trail.action", h("select", { name: "action" }, h("option", { value: "" }, t("archive.any")), families)),
    label("trail.subject", h("input", { name: "subject", maxlength: 200, autocomplete: "off" })),
    h("button", { type: "submit", class: "primary" }, t("archive.search")),
  ];
}

/** The last day counts whole. */
function queryOf(form) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (value.trim() === "") continue;
    if (name === "from") query.set(name, `${value}T00:00`);
    else if (name === "to") query.set(name, `${dayAfter(value)}T00:00`);
    else query.set(name, value.trim());
  }
  return query.toString();
}

const label = (key, field) => h("label", {}, t(key), field);

function row({ number, at, who, action, subject, detail, hash }) {
  const key = `trail.kind.${action.split(".")[0]}`;
  const kind = knows(key) ? h("small", {}, t(key)) : null;
  const told = Object.entries(detail).map(([name, value]) => h("span", {}, h("i", {}, name), ` ${plain(value)}`));
  return h(
    "tr", { "data-number": number, title: hash }, h("td", {}, String(number)), h("td", {}, `${day(at)} ${clockTime(at)}`),
    h("td", {}, who), h("td", {}, h("code", {}, action), kind), h("td", { class: "subject" }, subject), h("td", { class: "detail" }, told),
  );
}

const plain = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));
