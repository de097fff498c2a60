// Work orders by the days they cover: a week or a month, in place of the console. Days are the site's.

import { dayAfter, daysOf, monthOf, turned, weekOf } from "./days.js";
import { h, say } from "./dom.js";
import { may } from "./may.js";
import { OrderRows, stateOf } from "./orders.js";
import { server } from "./server.js";
import { clockTime, count, isoDay, language, now, t } from "./words.js";

const IN_A_MONTH = 3; // orders of one day, before the rest is a number that leads to the week
const byId = (id) => document.getElementById(id);
const format = (day, options) => new Intl.DateTimeFormat(language, { timeZone: "UTC", ...options }).format(new Date(`${day}T12:00Z`));

export class Calendar {
  /** `extend` and `end` promise success, `fail` says what the server refused, `before` makes room. */
  constructor({ extend, end, fail, before }) {
    Object.assign(this, { fail, before });
    this.day = null; // one of those that are shown
    this.whole = false; // a month
    this.orders = [];
    this.chosen = null; // the id of the order that is told in full
    this.row = new OrderRows(byId("calendar-order"), { extend, end });
    byId("calendar-open").addEventListener("click", () => this.open());
    byId("calendar-close").addEventListener("click", () => this.close());
    byId("calendar-before").addEventListener("click", () => this.turn(-1));
    byId("calendar-after").addEventListener("click", () => this.turn(1));
    byId("calendar-today").addEventListener("click", () => this.show(isoDay(now())));
    byId("calendar-scale").addEventListener("click", () => this.show(this.day, !this.whole));
    setInterval(() => this.isOpen && this.row.tick(), 1000);
  }

  get isOpen() {
    return !byId("calendar").hidden;
  }

  async open() {
    if (this.isOpen) return;
    this.before();
    byId("console").hidden = true;
    byId("calendar").hidden = false;
    byId("calendar-today").focus();
    await this.show(this.day ?? isoDay(now()));
  }

  close() {
    if (!this.isOpen) return;
    byId("calendar").hidden = true;
    byId("console").hidden = false;
    byId("calendar-open").focus();
  }

  /** Nothing of it stays for whoever signs in next. */
  forget() {
    this.close();
    [this.day, this.chosen, this.orders] = [null, null, []];
    this.row.update([]);
    byId("calendar-days").replaceChildren();
  }

  /** In another language. */
  retell() {
    this.row.forget();
    if (this.isOpen) this.draw();
  }

  /** Again, when the list has changed. */
  async update() {
    if (this.isOpen) await this.read();
  }

  /** True if the key was for it. What is hidden behind it hears none. */
  key(name) {
    const deeds = {
      Escape: () => this.close(), ArrowLeft: () => this.turn(-1), ArrowRight: () => this.turn(1),
      Home: () => this.show(isoDay(now())), m: () => this.show(this.day, !this.whole),
    };
    if (name === "c" && may("see_visits")) this.isOpen ? this.close() : this.open();
    else if (!this.isOpen || !(name in deeds)) return false;
    else deeds[name]();
    return true;
  }

  turn(step) {
    return this.show(turned(this.day, step, this.whole));
  }

  /** The week, or if `whole` the month, that day is in. */
  async show(day, whole = this.whole) {
    [this.day, this.whole] = [day, whole];
    say(byId("calendar-scale"), t(whole ? "calendar.week" : "calendar.month"));
    await this.read();
  }

  async read() {
    const days = this.whole ? monthOf(this.day) : weekOf(this.day);
    this.days = days;
    try {
      const { between } = await server.ordersBetween(`${days[0]}T00:00`, `${dayAfter(days.at(-1))}T00:00`);
      if (this.days !== days) return; // somebody has turned the page meanwhile
      this.orders = between;
      this.draw();
    } catch (refusal) {
      this.fail(refusal);
    }
  }

  draw() {
    const held = document.activeElement?.dataset.order;
    const month = { month: "long", year: "numeric" };
    const [first, last] = [this.days[0], this.days.at(-1)].map((day) => format(day, { day: "numeric", ...month }));
    say(byId("calendar-span"), this.whole ? format(this.day, month) : `${first} – ${last}`);
    say(byId("calendar-scale"), t(this.whole ? "calendar.week" : "calendar.month"));
    byId("calendar-table").dataset.whole = String(this.whole);
    const weekdays = this.days.slice(0, 7).map((day) => h("th", { scope: "col" }, format(day, { weekday: this.whole ? "short" : "long" })));
    byId("calendar-weekdays").replaceChildren(...weekdays);
    const weeks = this.days.filter((_, index) => index % 7 === 0).map((day) => this.days.slice(this.days.indexOf(day)).slice(0, 7));
    byId("calendar-days").replaceChildren(...weeks.map((week) => h("tr", {}, week.map((day) => this.cell(day)))));
    this.tell();
    if (held !== undefined) [...byId("calendar-days").querySelectorAll("[data-order]")].find(({ dataset }) => dataset.order === held)?.focus();
  }

  cell(day) {
    const there = this.orders.filter((order) => daysOf(order).first <= day && day <= daysOf(order).last);
    const shown = this.whole && there.length > IN_A_MONTH + 1 ? there.slice(0, IN_A_MONTH) : there;
    const name = h("time", { datetime: day }, String(Number(day.slice(8))));
    const rest = there.length - shown.length;
    const more = { type: "button", class: "quiet", on: { click: () => this.show(day, false) } };
    return h(
      "td", { "data-today": String(day === isoDay(now())), "data-outside": String(this.whole && day.slice(0, 7) !== this.day.slice(0, 7)) },
      name, h("ul", {}, shown.map((order) => h("li", {}, this.button(order, day)))),
      rest > 0 ? h("button", more, count("calendar.more", rest)) : null,
    );
  }

  button(order, day) {
    const { first, last } = daysOf(order);
    const time = (at, here) => (here ? clockTime(at).slice(0, 5) : "…");
    const begins = time(order.from, first === day);
    const hours = this.whole ? begins : `${begins}–${time(order.to, last === day)}`;
    const choose = () => {
      this.chosen = order.id;
      this.tell();
    };
    return h(
      "button",
      { type: "button", "data-order": order.id, "data-state": stateOf(order), "aria-pressed": String(order.id === this.chosen), on: { click: choose } },
      h("b", {}, hours), h("span", { class: "code" }, order.door), this.whole ? null : h("span", {}, `${order.who}: ${order.reason}`),
    );
  }

  /** The chosen order in full, with what may be done to it. */
  tell() {
    const chosen = this.orders.filter((order) => order.id === this.chosen);
    byId("calendar-none").hidden = chosen.length > 0;
    say(byId("calendar-none"), t(this.orders.length === 0 ? "calendar.none" : "calendar.choose"));
    this.row.update(chosen);
    for (const button of byId("calendar-days").querySelectorAll("[data-order]")) {
      button.setAttribute("aria-pressed", String(button.dataset.order === this.chosen));
    }
  }
}
