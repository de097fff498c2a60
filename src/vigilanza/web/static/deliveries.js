// Who was told, and who said so. Amber waits, green has a receipt, red needs a person.

import { arrange, h, icon } from "./dom.js";
import { clockTime, knows, moment, now, t } from "./words.js";

const ICONS = { in_flight: "pending", merged: "pending" };

export class Debts {
  /** `requeue(alert, why)`, `writeOff.ask(alert, why)` and `writeOff.grant(alert)` return promises of success. */
  constructor({ requeue, writeOff }) {
    Object.assign(this, { requeue, writeOff });
    this.list = h("ul");
    this.none = h("div", { class: "none" }, h("p", {}, t("deliveries.none")), h("p", {}, t("deliveries.none_hint")));
    this.element = h("section", { class: "debts" }, h("h3", {}, t("deliveries.title")), this.list, this.none);
    this.rows = new Map();
  }

  update(deliveries) {
    this.none.hidden = deliveries.length > 0;
    this.list.hidden = deliveries.length === 0;
    for (const delivery of deliveries) {
      const text = JSON.stringify(delivery);
      if (this.rows.get(delivery.alert)?.text !== text) {
        this.rows.get(delivery.alert)?.row.remove();
        this.rows.set(delivery.alert, { text, row: this.row(delivery) });
      }
    }
    arrange(this.list, deliveries.map((delivery) => this.rows.get(delivery.alert).row));
  }

  row(delivery) {
    const { alert, destination, state } = delivery;
    const row = h(
      "li", { class: "debt", "data-state": state, "data-alert": alert }, icon(ICONS[state] ?? state),
      h("span", { class: "to", title: destination }, destination),
      h("span", { class: "alert" }, `${clockTime(delivery.at)} · ${subject(delivery)}`),
      h("span", { class: "proof", title: proof(delivery) }, h("b", {}, t(`delivery.${state}`)), proof(delivery)),
    );
    if (state === "refused") row.append(this.acts(row, delivery));
    return row;
  }

  acts(row, { alert, write_off_asked: asked }) {
    const again = this.offer(row, {
      needs: "requeue", look: "plain", name: t("delivery.requeue"), submit: t("delivery.requeue_submit"),
      question: t("delivery.requeue_why"), act: (why) => this.requeue(alert, why),
    });
    if (asked !== null && asked.lapses_at > now()) return h("span", { class: "acts" }, again, ...this.second(alert, asked));
    const drop = this.offer(row, {
      needs: "ask_write_off", look: "quiet", name: t("delivery.write_off"), submit: t("delivery.write_off_submit"),
      question: t("delivery.write_off_why"), act: (why) => this.writeOff.ask(alert, why),
    });
    return h("span", { class: "acts" }, again, drop);
  }

  /** What somebody asked, and another person grants. */
  second(alert, { by, at, reason }) {
    const grant = h("button", { type: "button", class: "quiet", "data-needs": "write_off" }, t("delivery.write_off_grant"));
    grant.addEventListener("click", async () => {
      grant.disabled = true;
      grant.disabled = await this.writeOff.grant(alert);
    });
    return [grant, h("small", {}, t("delivery.write_off_asked", { name: by, time: moment(at), reason }))];
  }

  /** The button of one act: it asks for the reason, in place of the other act's question. */
  offer(row, { needs, look, name, question, submit, act }) {
    const button = h("button", { type: "button", class: look, "aria-expanded": "false", "data-needs": needs }, name);
    const form = this.form(question, submit, act);
    button.addEventListener("click", () => {
      const open = form.isConnected;
      row.querySelector("form")?.remove();
      for (const other of row.querySelectorAll(".acts button")) other.setAttribute("aria-expanded", "false");
      if (open) return;
      row.append(form);
      button.setAttribute("aria-expanded", "true");
      form.elements.why.focus();
    });
    return button;
  }

  form(question, submit, act) {
    const why = h("input", { name: "why", required: true, minlength: 3, maxlength: 500, autocomplete: "off" });
    const send = h("button", { type: "submit", class: "plain" }, submit);
    const form = h("form", {}, h("label", {}, question, why), send);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      send.disabled = true;
      send.disabled = await act(why.value);
    });
    return form;
  }
}

function subject(delivery) {
  const key = `alert.${delivery.subject}`;
  return knows(key) ? t(key) : delivery.type;
}

function proof(delivery) {
  const { state, receipt, why, attempts, ended_at } = delivery;
  if (state === "acknowledged") return `${moment(ended_at)} · ${t("delivery.receipt", { reference: receipt })}`;
  if (state === "refused" || state === "written_off") return why ?? "";
  const tries = attempts > 0 ? t("delivery.attempts", { count: attempts }) : "";
  return [tries, why].filter(Boolean).join(" · ");
}
