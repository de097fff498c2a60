// Where it is, in as many lines as it takes to read it aloud. What nobody wrote down is left out.

import { h } from "./dom.js";
import { t } from "./words.js";

export class Address {
  constructor() {
    this.element = h("section", { class: "address", "aria-label": t("address.title") });
    this.told = "";
  }

  update(address) {
    const text = JSON.stringify(address);
    if (text === this.told) return;
    this.told = text;
    const { site, manager, municipality, street, stair, floor, flat, door } = address;
    const within = [
      stair && t("address.stair", { stair }), floor && t("address.floor", { floor }), flat && t("address.flat", { flat }),
    ];
    const known = [site === street ? null : site, manager, door && t("address.door", { door })];
    this.element.replaceChildren(...[
      line("b", [municipality, street ?? site], ", "), line("b", within, ", "), line("small", street === null ? known.slice(1) : known, " · "),
    ].filter(Boolean));
  }
}

/** null if nothing of it is known. */
function line(tag, parts, between) {
  const words = parts.filter(Boolean).join(between);
  return words === "" ? null : h("p", { title: words }, h(tag, {}, words));
}
