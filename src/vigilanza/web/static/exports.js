// Evidence that leaves the house: one operator asks, another grants.

import { ended } from "./custody.js";
import { h, say } from "./dom.js";
import { line, Register } from "./register.js";
import { moment, now, t } from "./words.js";

const lapsed = (one) => one.package === null && one.lapses_at <= now();

export class Exports {
  /** `ask(order)` and `grant(id)` promise success. */
  constructor({ ask, grant }) {
    this.grant = grant;
    this.register = new Register({
      name: "exports",
      words: { title: "export.title", start: "export.start", submit: "export.submit" },
      needs: "ask_evidence",
      fields: () => [["export.recipient", line("recipient", 200)], ["export.reason", line("reason", 200)]],
      add: ask,
    });
    this.element = this.register.element;
  }

  update({ exports, exports_possible: possible, holds, media }) {
    const { note, start } = this.register;
    this.element.hidden = !possible && exports.length === 0;
    start.hidden = !possible;
    const held = holds.some((one) => !ended(one));
    const sealed = exports.some((one) => one.package !== null);
    note.hidden = exports.length > 0 && (!sealed || held || media.length === 0);
    say(note, t(exports.length === 0 ? "export.none" : "export.no_hold"));
    this.register.fill(exports, lapsed, (one, over) => this.row(one, over));
  }

  row(one, over) {
    const row = h("li", { "data-export": one.id, "data-ended": String(over) });
    row.append(h("b", {}, t("export.order", { recipient: one.recipient, reason: one.reason })));
    if (one.package !== null) {
      const { number, sha256, url } = one.package;
      const who = { number, first: one.asked_by, second: one.granted_by, time: moment(one.granted_at) };
      row.append(h("span", {}, t("export.sealed", who)), h("code", {}, t("export.hash", { hash: sha256 })));
      row.append(url === null ? h("span", {}, t("export.gone")) : h("a", { href: url, download: true, "data-needs": "release_evidence" }, t("export.fetch")));
      return row;
    }
    const asked = { operator: one.asked_by, time: moment(one.asked_at) };
    row.append(h("span", {}, t(over ? "export.lapsed" : "export.asked", asked)));
    if (!over) row.append(this.register.button("export.grant", "release_evidence", () => this.grant(one.id)));
    return row;
  }
}
