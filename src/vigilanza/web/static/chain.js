// A test alarm from one end to the other: whether the camera is seen, its detector looks, the journal writes and each destination
// gives a receipt. What goes out is marked as a test, on which nobody acts.

import { h, say } from "./dom.js";
import { server } from "./server.js";
import { decimal, language, t } from "./words.js";

const LOOK_MS = 500;
const PATIENCE_MS = 60_000;
const byId = (id) => document.getElementById(id);

/** `camera()` is the one that is shown; `fail` shows a refusal of the session. */
export class Chain {
  constructor({ camera, fail }) {
    Object.assign(this, { camera, fail });
    this.run = null; // an earlier test says nothing any more
    this.list = byId("setup-chain-steps");
    this.button = byId("setup-chain");
    this.button.addEventListener("click", () => this.test());
  }

  stop() {
    this.run = null;
    this.button.disabled = false;
    byId("setup-chain-told").hidden = true;
    this.list.replaceChildren();
  }

  async test() {
    this.stop();
    const run = (this.run = { began: performance.now(), bad: [] });
    this.button.disabled = true;
    byId("setup-chain-told").hidden = false;
    say(byId("setup-chain-end"), t("chain.running"));
    byId("setup-chain-told").scrollIntoView({ block: "nearest" });
    try {
      await this.step(run, t("chain.detector"), () => this.looks());
      const { lines } = await server.lines();
      if (lines.length === 0) await this.step(run, t("chain.destinations"), () => Promise.reject(new Error(t("chain.nobody"))));
      await Promise.all(lines.map(({ destination }) => this.step(run, destination, () => this.receipt(run, destination))));
      if (run === this.run) this.end(run);
    } catch (refusal) {
      if (refusal.status === undefined) throw refusal;
      if (refusal.status === 401) this.fail(refusal);
      else if (run === this.run) say(byId("setup-chain-end"), refusal.words);
    }
    if (run === this.run) this.button.disabled = false;
  }

  end(run) {
    const seconds = decimal((performance.now() - run.began) / 1000);
    const whole = run.bad.length === 0;
    byId("setup-chain-end").dataset.good = String(whole);
    say(byId("setup-chain-end"), whole ? t("chain.whole", { seconds }) : t("chain.broken", { names: run.bad.join(", ") }));
  }

  /** A line of its own for each, which says what came of it. */
  async step(run, name, ask) {
    const words = h("span", {}, t("chain.asked"));
    const item = h("li", { "data-state": "asked" }, h("b", {}, name), words);
    if (run === this.run) this.list.append(item);
    try {
      say(words, await ask());
      item.dataset.state = "good";
    } catch (trouble) {
      if (trouble.status === 401) throw trouble;
      say(words, trouble.words ?? trouble.message);
      item.dataset.state = "bad";
      run.bad.push(name);
    }
  }

  async looks() {
    const { view, doors } = await server.sight(this.camera());
    if (view === null || view.fact !== "view_clear") throw new Error(view === null ? t("sight.not_judged") : view.words[language]);
    const unknown = doors.filter(({ leaf }) => leaf === null).map(({ id }) => id);
    if (unknown.length > 0) throw new Error(t("chain.leaf_unknown", { doors: unknown.join(", ") }));
    return t("chain.looks", { count: doors.length });
  }

  /** Its words, once it is there. */
  async receipt(run, destination) {
    const began = performance.now();
    const { alert } = await server.testLine(destination);
    while (run === this.run && performance.now() - began < PATIENCE_MS) {
      const { steps, ended } = await server.lineTest(alert);
      const { what, detail } = steps.at(-1);
      if (what === "acknowledged") return t("chain.receipt", { detail, seconds: decimal((performance.now() - began) / 1000) });
      if (ended) throw new Error(t("lines.test_refused", { detail }));
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    throw new Error(t("chain.late", { seconds: PATIENCE_MS / 1000 }));
  }
}
