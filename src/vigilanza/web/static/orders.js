// Work orders: authorised visits. Who is expected where and until when; granting, extending and ending them.

import { arrange, h, say } from "./dom.js";
import { moment, now, t } from "./words.js";

const LONGER_S = 3600;
const UNSURE_MS = 4000;
const WORDS = { running: "orders.running", planned: "orders.planned", past: "orders.past" };
const byId = (id) => document.getElementById(id);

/** The list beside the incidents, with the form for a new order. The acts promise success. */
export class OrderBoard {
  constructor({ add, extend, end }) {
    this.acts = { extend, end };
    this.add = add;
    this.doors = [];
    this.sites = [];
    this.orders = [];
    this.rows = new OrderRows(byId("orders"), this.acts);
    byId("orders-new").addEventListener("click", () => this.toggle());
    setInterval(() => this.tick(), 1000);
  }

  update({ running, planned, unconfirmed, doors, sites }) {
    this.doors = doors;
    this.sites = sites;
    this.orders = [...unconfirmed, ...running, ...planned];
    this.tick();
  }

  /** What has ended goes from the list by itself, unless it still runs at a site that does not know. */
  tick() {
    this.orders = this.orders.filter((order) => stateOf(order) !== "past" || order.site?.knows === false);
    this.rows.update(this.orders);
    say(byId("orders-count"), String(this.orders.filter((order) => stateOf(order) === "running").length));
  }

  /** Say everything again, in another language. */
  retell() {
    this.close();
    this.rows.forget();
  }

  /** Nothing of it stays for who signs in next. */
  forget() {
    this.close();
    this.update({ running: [], planned: [], unconfirmed: [], doors: [], sites: [] });
  }

  toggle() {
    const open = byId("orders-form").hidden;
    this.close();
    if (!open) return;
    byId("orders-form").replaceChildren(...this.fields());
    byId("orders-form").hidden = false;
    byId("orders-new").setAttribute("aria-expanded", "true");
    byId("orders-form").querySelector("[name=door]").focus();
  }

  close() {
    byId("orders-form").hidden = true;
    byId("orders-form").replaceChildren();
    byId("orders-new").setAttribute("aria-expanded", "false");
  }

  /** A centre does not know the doors of its sites: they are written as their incidents name them. */
  doorField() {
    if (this.sites.length > 0) return h("input", { name: "door", required: true, placeholder: `${this.sites[0]}/…`, autocomplete: "off" });
    return h("select", { name: "door", required: true }, this.doors.map((code) => h("option", { value: code }, code)));
  }

  /** Times are the site's: the server reads them so, whatever this machine's clock is set to. */
  fields() {
    const door = this.doorField();
    const [from, to] = ["from", "to"].map((name) => h("input", { type: "datetime-local", name, required: true }));
    const who = h("input", { name: "who", required: true, maxlength: 200, autocomplete: "off" });
    const reason = h("input", { name: "reason", required: true, maxlength: 500, autocomplete: "off" });
    const submit = h("button", { type: "submit", class: "primary" }, t("orders.grant"));
    const form = byId("orders-form");
    form.onsubmit = async (event) => {
      event.preventDefault();
      submit.disabled = true;
      const wanted = { door, from, to, who, reason };
      const values = Object.entries(wanted).map(([name, field]) => [name, field.value]);
      if (await this.add(Object.fromEntries(values))) this.close();
      else submit.disabled = false;
    };
    const labels = [
      h("label", {}, t("orders.door"), door), h("label", {}, t("orders.from"), from), h("label", {}, t("orders.to"), to),
      h("label", {}, t("orders.who"), who), h("label", {}, t("orders.reason"), reason),
    ];
    return [...labels, submit];
  }
}

/** The orders that concern one incident: those it happened under, and those that run at its door. */
export class IncidentOrders {
  constructor(acts) {
    this.list = h("ul", { class: "orders" });
    this.element = h("section", { class: "visit", "aria-label": t("orders.here") }, this.list);
    this.rows = new OrderRows(this.list, acts);
  }

  update(orders) {
    this.element.hidden = orders.length === 0;
    this.rows.update(orders);
  }

  tick() {
    this.rows.tick();
  }
}

export class OrderRows {
  constructor(list, acts) {
    this.list = list;
    this.acts = acts;
    this.orders = [];
    this.rows = new Map();
  }

  update(orders) {
    this.orders = orders;
    this.tick();
  }

  forget() {
    this.rows.clear();
    this.tick();
  }

  /** An order begins and ends by itself: its row is made anew whenever what it says has changed. */
  tick() {
    const listed = new Set(this.orders.map((order) => order.id));
    for (const id of this.rows.keys()) if (!listed.has(id)) this.rows.delete(id);
    for (const order of this.orders) {
      const text = JSON.stringify([order, stateOf(order)]);
      if (this.rows.get(order.id)?.text !== text) this.rows.set(order.id, { text, row: this.make(order) });
    }
    arrange(this.list, this.orders.map((order) => this.rows.get(order.id).row));
  }

  make(order) {
    const state = stateOf(order);
    const granted = t("orders.granted", { name: order.granted_by, time: moment(order.granted_at) });
    const row = h(
      "li", { class: "order", "data-state": state, "data-order": order.id },
      h("b", {}, t(WORDS[state])), h("span", { class: "code" }, `${order.id} · ${order.door}`),
      h("span", { class: "span" }, `${moment(order.from)} – ${moment(order.to)}`),
      h("span", { class: "what", title: granted }, `${order.who}: ${order.reason}`), h("small", {}, granted),
    );
    if (order.site?.knows === false) row.append(unknownThere(order.site));
    if (order.centre !== null) row.append(h("small", {}, t("orders.of_centre", { centre: order.centre })));
    else if (state !== "past") row.append(this.buttons(order));
    return row;
  }

  buttons(order) {
    const longer = h("button", { type: "button", class: "quiet" }, t("orders.longer"));
    longer.addEventListener("click", async () => {
      longer.disabled = true;
      longer.disabled = await this.acts.extend(order.id, order.to + LONGER_S);
    });
    const end = h("button", { type: "button", class: "quiet" }, t("orders.end"));
    end.addEventListener("click", async () => {
      if (end.dataset.sure !== "true") return askAgain(end);
      end.disabled = true;
      end.disabled = await this.acts.end(order.id);
      return undefined;
    });
    return h("span", { class: "acts", "data-needs": "grant_visits" }, longer, end);
  }
}

/** Whoever comes meanwhile raises an alarm there. */
function unknownThere({ id, why }) {
  const told = why === null ? t("orders.unknown", { site: id }) : t("orders.not_taken", { site: id, why });
  return h("strong", { class: "unknown" }, told);
}

/** What has ended an order by mistake raises alarms: the second click counts. */
function askAgain(button) {
  button.dataset.sure = "true";
  say(button, t("orders.end_sure"));
  setTimeout(() => {
    delete button.dataset.sure;
    say(button, t("orders.end"));
  }, UNSURE_MS);
}

export function stateOf(order) {
  if (now() >= order.to) return "past";
  return now() >= order.from ? "running" : "planned";
}
