// An alarm nobody has looked at calls: in the tab's title and icon, on the top line, in words, by sound. One that was opened and is
// not decided in time calls again, more seldom.

import { say } from "./dom.js";
import { haste } from "./haste.js";
import { may } from "./may.js";
import { count, headline, t } from "./words.js";

const AGAIN_MS = 1500;
const REMIND_EVERY = 10; // of these
const GRACE_MS = 30_000; // whoever has just opened one that is late is left to it
const byId = (id) => document.getElementById(id);
/** What an operator has seen who opened it: another alarm, even an equally grave one, is news. */
const state = (incident) => `${incident.severity}/${incident.last_alarm}`;

export class Call {
  constructor() {
    this.seen = new Map(JSON.parse(sessionStorage.getItem("seen") ?? "[]"));
    this.seenAt = new Map();
    this.announced = new Map();
    this.unseen = [];
    this.incidents = [];
    this.forgotten = []; // opened, and not decided when they should be
    this.reminded = new Set(); // those of them of which it was said
    this.wanted = localStorage.getItem("sound") !== "off";
    this.audio = null;
    this.swing = false;
    byId("sound").addEventListener("click", () => this.toggle());
    // Browsers allow sound only after a click or key: take the first there is.
    for (const gesture of ["pointerdown", "keydown"]) {
      const take = (event) => this.wanted && !event.target.closest?.("#sound") && this.wake();
      document.addEventListener(gesture, take, { capture: true });
    }
    this.phoning = 0; // calls that a person must make
    this.turn = 0;
    this.late = new Set(); // alarms of which it was said that nobody opens them
    setInterval(() => this.tick(), 1000);
    setInterval(() => this.again(), AGAIN_MS);
  }

  /** From alarm on, waiting for a decision, and not opened on this screen since its last alarm. */
  isUnseen(incident) {
    return incident.last_alarm !== null && incident.waiting && this.seen.get(incident.id) !== state(incident);
  }

  see(incident) {
    if (this.isUnseen(incident)) this.seenAt.set(incident.id, performance.now());
    this.seen.set(incident.id, state(incident));
  }

  /** `incidents` are those on the list, most urgent first. */
  update(incidents) {
    this.incidents = incidents;
    const before = this.unseen.length;
    const listed = new Set(incidents.map((incident) => incident.id));
    for (const known of [this.seen, this.seenAt]) for (const id of known.keys()) if (!listed.has(id)) known.delete(id);
    sessionStorage.setItem("seen", JSON.stringify([...this.seen]));
    this.unseen = incidents.filter((incident) => this.isUnseen(incident));
    const fresh = this.unseen.filter((incident) => this.announced.get(incident.id) !== state(incident));
    this.announced = new Map(this.unseen.map((incident) => [incident.id, state(incident)]));
    if (fresh.length > 0) {
      const [first] = fresh;
      const severity = t(`severity.${first.severity}`);
      say(byId("announcer"), t("call.announce", { severity, headline: headline(first) }));
    }
    if (this.unseen.length > before) this.sound();
    this.show();
  }

  /** What the button on the top line opens, or undefined. */
  get first() {
    return this.unseen[0] ?? this.forgotten[0];
  }

  show() {
    const calling = this.unseen.length > 0;
    this.remind();
    byId("call-open").hidden = this.first === undefined;
    byId("call-none").hidden = this.first !== undefined;
    const words = calling ? count("top.calling", this.unseen.length) : count("top.forgotten", this.forgotten.length);
    if (this.first !== undefined) say(byId("call-count"), words);
    byId("favicon").href = calling ? "/static/icon-alarm.svg" : "/static/icon.svg";
    const state = !this.wanted ? "off" : this.audio?.state === "running" ? "on" : "blocked";
    const button = byId("sound");
    button.dataset.state = state;
    button.setAttribute("aria-pressed", String(this.wanted));
    button.querySelector("use").setAttribute("href", state === "on" ? "#i-sound" : "#i-muted");
    say(button.querySelector("span"), t(`top.sound_${state}`));
    this.tick();
  }

  tick() {
    this.swing = !this.swing;
    const calling = `${this.swing ? "▲" : "△"} ${count("top.calling", this.unseen.length)}`;
    document.title = `${this.unseen.length > 0 ? calling : t("page.title")} – ${document.body.dataset.site}`;
    this.hurry();
    if (this.undecided.length !== this.forgotten.length) this.show();
  }

  get undecided() {
    const left = ({ id }) => performance.now() - (this.seenAt.get(id) ?? 0) > GRACE_MS;
    const late = (one) => one.waiting && one.last_alarm !== null && haste(one, false) === "late";
    return this.incidents.filter((one) => late(one) && !this.isUnseen(one) && left(one));
  }

  /** Say, once for each, that it was opened and left. */
  remind() {
    this.forgotten = this.undecided;
    if (this.forgotten.some((one) => !this.reminded.has(one.id))) say(byId("announcer"), count("call.forgotten", this.forgotten.length));
    this.reminded = new Set(this.forgotten.map((one) => one.id));
  }

  get overdue() {
    return this.unseen.filter((incident) => haste(incident, true) === "late");
  }

  /** Say, once for each alarm, that nobody opens it: whoever is near enough to hear may be free. */
  hurry() {
    const overdue = this.overdue;
    document.body.dataset.overdue = String(overdue.length > 0);
    if (overdue.some((incident) => !this.late.has(incident.id))) {
      say(byId("announcer"), count("call.overdue", overdue.length));
    }
    this.late = new Set(overdue.map((incident) => incident.id));
  }

  /** Every second time; each time, and more insistently, once an alarm waits for too long. */
  again() {
    this.turn += 1;
    if (this.turn % 2 === 0 || this.overdue.length > 0) this.sound();
    else if (this.turn % REMIND_EVERY === 1 && this.forgotten.length > 0 && may("decide")) this.ring();
  }

  toggle() {
    this.wanted = byId("sound").dataset.state !== "on"; // a press on "blocked" is meant to unblock
    localStorage.setItem("sound", this.wanted ? "on" : "off");
    if (this.wanted) this.wake();
    this.show();
  }

  async wake() {
    this.audio ??= new AudioContext();
    if (this.audio.state === "running") return;
    await this.audio.resume().catch(() => undefined);
    this.show();
    this.sound();
  }

  /** While there is something to do for whoever is signed in. */
  sound() {
    if ((may("decide") && this.unseen.length > 0) || (may("telephone") && this.phoning > 0)) this.ring();
  }

  /** Two soft tones, the second higher: heard across a room, not frightening. A third, and louder, when it is late. */
  ring() {
    if (!this.wanted || this.audio?.state !== "running") return;
    const late = this.overdue.length > 0;
    (late ? [587.3, 880, 1174.7] : [587.3, 880]).forEach((pitch, index) => {
      const start = this.audio.currentTime + index * 0.24;
      const tone = new OscillatorNode(this.audio, { type: "triangle", frequency: pitch });
      const loudness = new GainNode(this.audio, { gain: 0 });
      loudness.gain.setTargetAtTime(late ? 0.6 : 0.3, start, 0.015);
      loudness.gain.setTargetAtTime(0, start + 0.16, 0.05);
      tone.connect(loudness).connect(this.audio.destination);
      tone.start(start);
      tone.stop(start + 0.6);
    });
  }
}
