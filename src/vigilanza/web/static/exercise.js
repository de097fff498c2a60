// An exercise: its beginning, and what became of each incident. Only the page of an exercise loads this.

import { h, say } from "./dom.js";
import { server } from "./server.js";
import { count, t } from "./words.js";

const EVERY_MS = 2000;
const byId = (id) => document.getElementById(id);

class ExerciseDesk {
  constructor() {
    this.dialog = byId("exercise");
    this.problem = this.dialog.querySelector(".problem");
    this.standing = null;
    this.read = new Set(); // the incidents whose end was shown
    this.uncalled = false; // it came up by itself
    byId("exercise-open").addEventListener("click", () => this.open());
    byId("exercise-close").addEventListener("click", () => this.dialog.close());
    byId("exercise-begin").addEventListener("click", () => this.begin());
    document.addEventListener("keydown", (event) => this.key(event));
    new MutationObserver(() => this.show()).observe(document.documentElement, { attributeFilter: ["lang"] });
  }

  get isFree() {
    return document.body.dataset.screen === "console" && document.querySelector("dialog[open]") === null;
  }

  key(event) {
    const writing = event.target.matches("input:not([type=radio], [type=checkbox]), select, textarea");
    if (event.key !== "e" || event.ctrlKey || event.altKey || event.metaKey || writing || !this.isFree) return;
    event.preventDefault();
    this.open();
  }

  async open() {
    say(this.problem, "");
    this.dialog.showModal();
    this.uncalled = false;
    await this.look();
  }

  async begin() {
    byId("exercise-begin").disabled = true;
    await this.ask(server.beginExercise);
    byId("exercise-begin").disabled = false;
    if (this.standing?.begun) this.dialog.close();
  }

  /** What has ended meanwhile comes up by itself, and goes when something waits for a decision: that is first. */
  async look() {
    if (document.body.dataset.screen !== "console") return;
    await this.ask(server.exercise);
    if (this.standing === null) return;
    const waits = byId("waiting").children.length > 0;
    if (this.dialog.open && this.uncalled && this.standing.begun && waits) this.dialog.close();
    if (!this.isFree || document.activeElement?.matches("input, select, textarea")) return;
    if (!this.standing.begun || (this.unread > 0 && !waits)) {
      this.dialog.showModal();
      this.uncalled = true;
      this.show();
    }
  }

  async ask(question) {
    try {
      this.standing = await question();
      this.show();
    } catch (refusal) {
      if (refusal.status === undefined) throw refusal;
      if (![0, 401].includes(refusal.status)) say(this.problem, refusal.words); // the console says those
    }
  }

  get unread() {
    return this.standing.lessons.filter(({ incident }) => !this.read.has(incident)).length;
  }

  show() {
    if (this.standing === null) return;
    const { begun, over, clips, played, unraised, faults, lessons } = this.standing;
    if (this.dialog.open) for (const { incident } of lessons) this.read.add(incident);
    byId("exercise-open").dataset.new = String(this.unread);
    say(byId("exercise-open"), this.unread === 0 ? t("exercise.open") : count("exercise.news", this.unread));
    byId("exercise-begin").hidden = begun;
    say(byId("exercise-intro"), begun ? t(over ? "exercise.over" : "exercise.progress", { clips, played }) : t("exercise.intro", { clips }));
    say(byId("exercise-score"), score(this.standing));
    const uncounted = Object.entries({ unraised, faults }).filter(([, number]) => number > 0);
    say(byId("exercise-uncounted"), uncounted.map(([what, number]) => count(`exercise.${what}`, number)).join(" "));
    const held = document.activeElement?.dataset.lesson;
    byId("exercise-lessons").replaceChildren(...[...lessons].reverse().map((lesson) => this.row(lesson)));
    if (held !== undefined) byId("exercise-lessons").querySelector(`[data-lesson="${held}"]`)?.focus({ preventScroll: true });
  }

  row(lesson) {
    const watch = h("button", { type: "button", class: "plain", "data-lesson": lesson.incident }, t("exercise.watch"));
    watch.addEventListener("click", () => {
      this.dialog.close();
      document.querySelector(`.row[data-id="${lesson.incident}"]`)?.click();
    });
    const passed = lesson.right && lesson.in_time;
    return h(
      "li", { "data-passed": String(passed), "data-incident": lesson.incident },
      h("b", {}, `${lesson.door ?? lesson.camera}: ${t(`exercise.happened.${lesson.happened}`)}`),
      h("p", {}, decision(lesson), " · ", h("span", { class: "judged" }, t(`exercise.verdict.${verdict(lesson)}`))),
      h("span", {}, t("exercise.times", { seen: seconds(lesson.seen_after_s), decided: seconds(lesson.decided_after_s) })),
      lesson.right ? null : h("span", {}, t(`exercise.should.${lesson.happened}`)),
      watch,
    );
  }
}

const seconds = (number) => (number === null ? "–" : `${Math.round(number)} s`);

function score({ percent, incidents, right, in_time: inTime }) {
  return percent === null ? t("exercise.none") : t("exercise.score", { percent, incidents, right, in_time: inTime });
}

function decision({ avs, reason }) {
  if (avs !== null) return t("decide.confirmed", { score: avs });
  return reason === null ? t("exercise.undecided") : `${t("decide.rejected")}: ${t(`reason.${reason}`)}`;
}

function verdict({ right, in_time: inTime, decided_after_s: decided }) {
  if (decided === null) return "undecided";
  if (!right) return "wrong";
  return inTime ? "passed" : "late";
}

const desk = new ExerciseDesk();
setInterval(() => desk.look(), EVERY_MS);
