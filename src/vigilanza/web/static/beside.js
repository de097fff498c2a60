// What the camera of an incident sees now, beside what it saw. Streams only while it is shown.

import { h, say } from "./dom.js";
import { may } from "./may.js";
import { View } from "./view.js";
import { t } from "./words.js";

let wanted = false; // by the operator, from one incident to the next

export class Beside {
  constructor(camera) {
    this.view = new View(camera);
    this.button = h("button", { type: "button", class: "plain", on: { click: () => this.toggle() } });
    this.frame = h("div", { class: "frame" }, this.view.element);
    this.element = h("div", { class: "beside", "data-needs": "see_pictures" }, this.button, this.frame);
    this.show();
  }

  toggle() {
    if (!may("see_pictures")) return false;
    wanted = !wanted;
    this.show();
    return true;
  }

  show() {
    this.frame.hidden = !wanted;
    this.button.setAttribute("aria-pressed", String(wanted));
    say(this.button, t(wanted ? "live.beside_hide" : "live.beside"));
    if (wanted) this.view.open();
    else this.view.close();
  }

  tick() {
    this.view.tick();
  }

  /** Let go of the line. */
  leave() {
    this.view.close();
  }
}
