// How long the pictures stay, and who ordered that they stay longer.

import { h, say } from "./dom.js";
import { line, Register } from "./register.js";
import { day, moment, now, t } from "./words.js";

/** Whether an order to keep pictures stands no more. */
export const ended = (one) => one.released_at !== null || (one.lapses_at ?? one.until) <= now();

export class Custody {
  /** `hold(order)`, `confirm(id)` and `release(id)` promise success. */
  constructor({ hold, confirm, release }) {
    Object.assign(this, { confirm, release });
    this.register = new Register({
      name: "custody",
      words: { title: "custody.title", start: "custody.hold", submit: "custody.submit" },
      needs: "place_holds",
      fields: () => [
        ["custody.authority", line("authority", 200)], ["custody.protocol", line("protocol", 100)],
        ["custody.until_day", h("input", { type: "date", name: "until", required: true })],
      ],
      add: (order) => hold({ ...order, until: `${order.until}T23:59` }),
    });
    this.element = this.register.element;
  }

  update({ holds, pictures_until: until, pictures_deleted_at: deletedAt, media }) {
    const { note, start } = this.register;
    if (holds.some((one) => !ended(one))) say(note, t("custody.held"));
    else if (until !== null) say(note, t("custody.until", { time: moment(until) }));
    else say(note, deletedAt === null ? t("custody.none") : t("custody.deleted", { time: moment(deletedAt) }));
    start.hidden = media.length === 0 && deletedAt !== null;
    this.register.fill(holds, ended, (one, over) => this.row(one, over));
  }

  row(one, over) {
    const words = t("custody.order", { authority: one.authority, protocol: one.protocol, day: day(one.until) });
    const who = t("custody.by", { operator: one.placed_by, time: moment(one.placed_at) });
    const row = h("li", { "data-hold": one.id, "data-ended": String(over) }, h("b", {}, words), h("span", {}, who));
    if (one.released_at !== null) {
      const both = { first: one.release_asked_by, second: one.released_by, time: moment(one.released_at) };
      row.append(h("span", {}, t("custody.released", both)));
    } else if (!over) {
      if (one.lapses_at !== null) {
        row.append(h("span", { class: "lapses" }, t("custody.lapses", { time: moment(one.lapses_at) })));
        row.append(this.register.button("custody.confirm", "place_holds", () => this.confirm(one.id)));
      }
      if (one.confirmed_by !== null) row.append(h("span", {}, t("custody.confirmed", { operator: one.confirmed_by })));
      if (one.release_asked_by !== null) row.append(h("span", {}, t("custody.asked", { operator: one.release_asked_by })));
      const key = one.release_asked_by === null ? "custody.ask_release" : "custody.release";
      row.append(this.register.button(key, "release_holds", () => this.release(one.id)));
    }
    return row;
  }
}
