// The work orders of a week: who is expected at which door, by the site's clock.

import { h, say } from "./dom.js";
import { server } from "./server.js";
import { clockTime, day as written, language, t } from "./words.js";

const byId = (id) => document.getElementById(id);
const DAY_MS = 86_400_000;

export class Calendar {
  constructor() {
    this.dialog = byId("calendar");
    this.monday = null; // of the week that is shown or was asked for last; null: today's is on its way
    this.asked = null; // the answer to an earlier question is not shown
    byId("calendar-open").addEventListener("click", () => this.open());
    byId("calendar-close").addEventListener("click", () => this.dialog.close());
    byId("calendar-before").addEventListener("click", () => this.move(-7));
    byId("calendar-after").addEventListener("click", () => this.move(7));
    byId("calendar-today").addEventListener("click", () => this.read(null));
    this.dialog.addEventListener("keydown", (event) => {
      event.stopPropagation(); // the console has keys of its own
      const days = { ArrowLeft: -7, ArrowRight: 7 }[event.key];
      if (days !== undefined) this.move(days);
    });
  }

  async open() {
    this.dialog.showModal();
    await this.read(null);
  }

  /** Nothing of it stays for who signs in next. */
  forget() {
    this.dialog.close();
    this.monday = this.asked = null;
    this.clear();
  }

  /** Say it again, in another language. */
  async retell() {
    this.clear();
    if (this.dialog.open) await this.read(this.monday);
  }

  clear() {
    byId("calendar-days").replaceChildren();
    byId("calendar-rows").replaceChildren();
  }

  /** What is on the screen may have changed. */
  async update() {
    if (this.dialog.open && this.monday !== null) await this.read(this.monday);
  }

  move(days) {
    if (this.monday === null) return;
    const monday = new Date(`${this.monday}T12:00:00Z`).getTime();
    this.read(new Date(monday + days * DAY_MS).toISOString().slice(0, 10));
  }

  async read(day) {
    const asked = (this.asked = {});
    this.monday = day;
    try {
      const week = await server.calendar(day);
      if (this.asked !== asked) return;
      say(byId("calendar-problem"), "");
      this.show(week);
    } catch (refusal) {
      if (refusal.status === undefined) throw refusal;
      if (this.asked === asked) say(byId("calendar-problem"), refusal.words);
    }
  }

  show(week) {
    const { days, doors, orders, now } = week;
    this.monday = days[0].day;
    const [first, last] = [days[0], days.at(-1)].map(({ from }) => written(from + 43_200));
    say(byId("calendar-week"), t("calendar.week", { first, last }));
    const name = new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" });
    byId("calendar-days").replaceChildren(h("th", { scope: "col" }, t("orders.door")), ...days.map(({ day, from, to }) => {
      const today = now >= from && now < to;
      const words = `${name.format(new Date(`${day}T12:00:00Z`))} ${day.slice(8)}/${day.slice(5, 7)}`;
      return h("th", { scope: "col", "aria-current": today ? "date" : null }, words);
    }));
    byId("calendar-rows").replaceChildren(...doors.map((door) => {
      const mine = orders.filter((order) => order.door === door);
      return h("tr", { "data-door": door }, h("th", { scope: "row" }, door), days.map((day) => cell(day, mine, now)));
    }));
    byId("calendar-none").hidden = orders.length > 0;
  }
}

function cell(day, orders, now) {
  const here = orders.filter((order) => order.from < day.to && order.to > day.from);
  return h("td", { "data-day": day.day }, here.map((order) => entry(day, order, now)));
}

/** What goes beyond the day has no time there but a dash that points on. */
function entry(day, order, now) {
  const begin = order.from < day.from ? "…" : clockTime(order.from).slice(0, 5);
  const end = order.to > day.to ? "…" : clockTime(order.to).slice(0, 5);
  const state = now >= order.to ? "past" : now >= order.from ? "running" : "planned";
  const granted = t("orders.granted", { name: order.granted_by, time: `${written(order.granted_at)} ${clockTime(order.granted_at)}` });
  return h(
    "p", { class: "entry", "data-order": order.id, "data-state": state, title: granted },
    h("b", {}, `${begin}–${end}`), h("span", {}, t(`orders.${state}`)), h("span", {}, `${order.id} · ${order.who}: ${order.reason}`),
  );
}
