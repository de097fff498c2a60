// Whether the watch does what the configuration's file says: asked again until that is decided.

import { say } from "./dom.js";
import { server } from "./server.js";
import { moment, t } from "./words.js";

const AGAIN_MS = 2000;

/** A line of text; `follow` with what the server told, `stop` when nobody looks any more. */
export class TakeoverLine {
  constructor(element) {
    this.element = element;
    this.timer = null;
  }

  follow({ stage, since, why }) {
    this.stop();
    this.element.dataset.stage = stage;
    say(this.element, t(`takeover.${stage}`, { time: since === null ? "" : moment(since), why }));
    if (stage === "pending") this.timer = setTimeout(() => this.ask(), AGAIN_MS);
  }

  async ask() {
    const asking = this.timer;
    let told = { stage: "pending", since: null, why: "" };
    try {
      told = (await server.layouts()).takeover;
    } catch (refusal) {
      if (refusal.status === undefined) throw refusal; // the page's server begins anew, too: it is asked again
    }
    if (this.timer === asking) this.follow(told);
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = null;
  }
}
