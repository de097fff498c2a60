// What of the configuration protects less than was approved: one person asks that it may count, another approves.

import { h, say } from "./dom.js";
import { may } from "./may.js";
import { server } from "./server.js";
import { count, moment, t } from "./words.js";

const byId = (id) => document.getElementById(id);

export class SafeguardDesk {
  /** `ended(refusal)` is called when one's own session is over. */
  constructor({ ended }) {
    this.ended = ended;
    this.dialog = byId("safeguards");
    this.problem = this.dialog.querySelector(".problem");
    this.reason = byId("safeguards-form").elements.reason;
    this.me = null;
    this.standing = { pending: [], asked: null };
    byId("safeguards-line").addEventListener("click", () => this.open());
    byId("safeguards-close").addEventListener("click", () => this.close());
    byId("safeguards-form").addEventListener("submit", (event) => this.ask(event));
    byId("safeguards-approve").addEventListener("click", () => this.approve());
    this.dialog.addEventListener("keydown", (event) => event.stopPropagation()); // the console has keys of its own
  }

  open() {
    say(this.problem, "");
    say(byId("safeguards-done"), "");
    this.retell();
    this.dialog.showModal();
  }

  close() {
    this.dialog.close();
  }

  forget() {
    this.close();
    this.reason.value = "";
    this.standing = { pending: [], asked: null };
    this.retell();
  }

  /** The line on the list, and the dialog; `me` is who is signed in. */
  async update(me) {
    this.me = me;
    if (!may("see_safeguards")) return;
    this.standing = await server.safeguards();
    this.retell();
  }

  retell() {
    const { pending, asked } = this.standing;
    byId("safeguards-line").hidden = pending.length === 0;
    if (pending.length > 0) say(byId("safeguards-line"), count("safeguards.waiting", pending.length));
    byId("safeguards-list").replaceChildren(...pending.map((one) => h("li", {}, t(`safeguards.${one.kind}`, one))));
    const own = asked?.by === this.me;
    byId("safeguards-form").hidden = pending.length === 0 || asked !== null;
    byId("safeguards-approve").hidden = pending.length === 0 || asked === null || own;
    const told = asked === null ? "" : t("safeguards.asked", { name: asked.by, time: moment(asked.at), reason: asked.reason });
    say(byId("safeguards-asked"), pending.length === 0 ? "" : told);
    byId("safeguards-own").hidden = pending.length === 0 || !own;
  }

  async ask(event) {
    event.preventDefault();
    if (await this.act(() => server.askWeakening(this.standing.hash, this.reason.value))) this.reason.value = "";
  }

  async approve() {
    if (await this.act(() => server.approveWeakening(this.standing.hash))) say(byId("safeguards-done"), t("safeguards.approved"));
  }

  /** Do it once, and show what is there then; true if it was done. */
  async act(deed) {
    const buttons = [...this.dialog.querySelectorAll("[data-act]")];
    for (const button of buttons) button.disabled = true;
    let done = false;
    try {
      await deed();
      done = true;
      say(this.problem, "");
    } catch (refusal) {
      if (refusal.status === undefined) throw refusal;
      if (refusal.status === 401) this.ended(refusal);
      else say(this.problem, refusal.words);
    } finally {
      for (const button of buttons) button.disabled = false;
    }
    await this.update(this.me).catch(() => undefined); // that the server is away is said on the top line
    return done;
  }
}
