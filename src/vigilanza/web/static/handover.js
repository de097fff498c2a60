// Change of shift: what one tells the next, and beside it what is open.

import { h, say } from "./dom.js";
import { may } from "./may.js";
import { server } from "./server.js";
import { count, moment, t } from "./words.js";

const byId = (id) => document.getElementById(id);

export class HandoverDesk {
  /** `choose(incident)` shows it; `ended(refusal)` is called when one's own session is over. */
  constructor({ choose, ended }) {
    Object.assign(this, { choose, ended });
    this.dialog = byId("handover");
    this.problem = this.dialog.querySelector(".problem");
    this.text = byId("handover-form").elements.text;
    this.me = null;
    this.waiting = [];
    this.about = new Set(); // the incidents that the note to be written is about
    byId("handover-open").addEventListener("click", () => this.open());
    byId("handover-line").addEventListener("click", () => this.open());
    byId("handover-close").addEventListener("click", () => this.close());
    byId("handover-form").addEventListener("submit", (event) => this.write(event));
    this.dialog.addEventListener("keydown", (event) => event.stopPropagation()); // the console has keys of its own
  }

  async open() {
    say(this.problem, "");
    this.dialog.showModal();
    await this.act(() => undefined);
  }

  close() {
    this.dialog.close();
  }

  /** Nothing of it stays for who signs in next: not even what was begun to be written. */
  forget() {
    this.close();
    this.text.value = "";
    this.about.clear();
    for (const list of this.dialog.querySelectorAll("ul")) list.replaceChildren();
    this.offer([]);
    this.waiting = [];
    this.retell();
  }

  /** The quiet line on the list; `me` is who is signed in. While the dialog is open, that too. */
  async update(me) {
    this.me = me;
    if (!may("hand_over")) return;
    const notes = await server.handover();
    this.waiting = notes.waiting;
    this.retell();
    if (this.dialog.open) this.show(notes, await server.handoverOpen());
  }

  /** The line again, in another language; that cannot be chosen while the dialog is open. */
  retell() {
    const { length, 0: first } = this.waiting;
    byId("handover-line").hidden = length === 0;
    if (length === 0) return;
    const who = t("handover.by", { name: first.by, time: moment(first.at) });
    say(byId("handover-line"), `${count("handover.waiting", length)} ${who}`);
  }

  show({ waiting, taken }, { limit, undecided, unfinished, tasks, holds, orders }) {
    const held = document.activeElement?.dataset.key;
    byId("handover-notes").replaceChildren(...waiting.map((note) => this.note(note)));
    byId("handover-none").hidden = waiting.length > 0;
    byId("handover-taken").replaceChildren(...taken.map((note) => this.note(note)));
    byId("handover-earlier").hidden = taken.length === 0;
    this.limit = limit;
    this.offer([...undecided, ...unfinished]);
    this.list("undecided", undecided, (one) => this.incident(one, t(`moment.${one.kind}`)));
    this.list("unfinished", unfinished, (one) => this.incident(one, standing(one)));
    this.list("tasks", tasks, (one) => this.link(one.incident, t("phone.call", { destination: one.destination }), moment(one.at)));
    this.list("holds", holds, (one) => this.link(one.incident, one.protocol, `${one.authority} · ${moment(one.lapses_at)}`));
    this.list("orders", orders, (one) => [h("b", {}, `${one.id} · ${one.door}`), h("span", {}, `${moment(one.to)} · ${one.who}: ${one.reason}`)]);
    const keyed = [...this.dialog.querySelectorAll("[data-key]")];
    if (held !== undefined) keyed.find(({ dataset }) => dataset.key === held)?.focus({ preventScroll: true });
  }

  /** What the note may be about: what is open. A tick stays while its incident does. */
  offer(incidents) {
    const once = [...new Map(incidents.map((one) => [one.id, one])).values()]; // what is to be decided again may be unfinished, too
    const choices = once.map(({ id, door, camera, opened_at: at }) => {
      const box = h("input", { type: "checkbox", value: id, "data-key": `about ${id}` });
      box.checked = this.about.has(id);
      box.addEventListener("change", () => (box.checked ? this.about.add(id) : this.about.delete(id)));
      return h("label", {}, box, h("span", {}, door ?? camera, h("small", {}, ` ${moment(at).slice(0, -":00".length)}`)));
    });
    byId("handover-about").hidden = incidents.length === 0;
    byId("handover-about").replaceChildren(h("legend", {}, t("handover.about")), ...choices);
  }

  list(name, items, words) {
    say(byId(`handover-${name}-count`), items.length < this.limit ? String(items.length) : `${this.limit}+`);
    byId(`handover-${name}`).replaceChildren(...items.map((one) => h("li", {}, words(one))));
  }

  incident(one, what) {
    return this.link(one.id, one.door ?? one.camera, `${moment(one.opened_at)} · ${what}`);
  }

  link(incident, title, words) {
    const button = h("button", { type: "button", class: "quiet", "data-key": `${incident} ${title}` }, title);
    button.addEventListener("click", () => {
      this.close();
      this.choose(incident);
    });
    return [button, h("span", {}, words)];
  }

  note({ id, text, by, at, taken_by: taker, taken_at: takenAt, about }) {
    const item = h("li", { "data-note": id }, h("small", {}, t("handover.by", { name: by, time: moment(at) })), h("p", {}, text));
    if (about.length > 0) item.append(h("small", {}, t("handover.concerns", { numbers: about.map(({ number }) => number).join(", ") })));
    if (taker !== null) item.append(h("small", {}, t("handover.taken_by", { name: taker, time: moment(takenAt) })));
    else if (by === this.me) item.append(h("small", {}, t("handover.own")));
    else item.append(this.takeButton(id));
    return item;
  }

  takeButton(id) {
    const button = h("button", { type: "button", class: "primary", "data-key": id }, t("handover.take", { name: this.me }));
    button.addEventListener("click", async () => {
      button.disabled = true;
      button.disabled = await this.act(() => server.takeHandover(id));
    });
    return button;
  }

  async write(event) {
    event.preventDefault();
    const submit = byId("handover-form").querySelector("[type=submit]");
    submit.disabled = true;
    const text = this.text.value;
    const about = [...byId("handover-about").querySelectorAll(":checked")].map(({ value }) => value);
    await this.act(async () => {
      await server.writeHandover(text, about);
      this.text.value = "";
      this.about.clear();
    });
    submit.disabled = false;
  }

  /** Do it, and show what is there then; true if it was done. */
  async act(deed) {
    try {
      await deed();
      say(this.problem, "");
      await this.update(this.me);
      return true;
    } catch (refusal) {
      if (refusal.status === undefined) throw refusal;
      if (refusal.status === 401) this.ended(refusal);
      else {
        say(this.problem, refusal.words);
        await this.update(this.me).catch(() => undefined); // that it is away has just been said
      }
      return false;
    }
  }
}

function standing({ last_step: step, social_task_open: open }) {
  const words = step === null ? t("outcome.confirmed") : t(`step.${step}`);
  return open ? `${words} · ${t("aftermath.social_task")}` : words;
}
