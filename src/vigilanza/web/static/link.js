// The live line. Silence is never good news: a line that says nothing for a while counts as broken.

import { learnTime, now } from "./words.js";

const SILENCE_S = 12; // the server beats every 4 s
const AGAIN_S = 2;

/** Calls `changed()` when the list may differ, `beat()` whenever the line is heard, `state("up" | "down", sinceUnixSeconds)` as the line comes and goes. */
export class Link {
  constructor({ changed, beat, state }) {
    this.changed = changed;
    this.beat = beat;
    this.state = state;
    this.source = null;
    this.heard = 0;
    this.downSince = null;
    this.timer = null;
  }

  open() {
    this.close();
    this.connect();
    this.timer = setInterval(() => this.watch(), 1000);
  }

  close() {
    clearInterval(this.timer);
    this.source?.close();
    this.source = null;
    this.downSince = null;
  }

  connect() {
    this.source?.close();
    this.heard = performance.now();
    this.source = new EventSource("/api/stream");
    this.source.addEventListener("changed", ({ data }) => this.hear(JSON.parse(data), true));
    this.source.addEventListener("beat", ({ data }) => this.hear(JSON.parse(data), false));
    this.source.addEventListener("error", () => this.lose());
  }

  hear({ now: serverNow }, changed) {
    learnTime(serverNow); // so often that a machine that slept is right again at once
    const wasDown = this.downSince !== null;
    this.heard = performance.now();
    this.downSince = null;
    this.state("up", null);
    this.beat();
    if (changed || wasDown) this.changed();
  }

  lose() {
    // The server ends each stream after some minutes; only a line that does not come back at once is broken.
    this.source?.close();
    this.source = null;
    if (this.downSince === null) this.downSince = now();
    this.retryAt = performance.now() + AGAIN_S * 1000;
    this.changed(); // tells a lost session from a lost server
  }

  watch() {
    if (this.source !== null && performance.now() - this.heard > SILENCE_S * 1000) this.lose();
    if (this.source === null && performance.now() >= this.retryAt) this.connect();
    if (this.downSince !== null && now() - this.downSince > AGAIN_S + 1) this.state("down", this.downSince);
  }
}
