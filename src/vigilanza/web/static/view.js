// A live picture in its frame: whose it is, how it is, how old it is. The frame keeps its size whatever is in it.

import { h, say } from "./dom.js";
import { Picture } from "./live.js";
import { decimal, moment, span, t } from "./words.js";

const OLD_S = 5;
const SPOKEN = new Set(["unreachable", "not_watched", "no_picture", "no_camera", "too_many", "audit_unavailable", "signed_out"]);

export class View {
  constructor(camera) {
    this.camera = camera;
    this.picture = new Picture({ changed: () => this.retell() });
    this.name = h("b", {}, camera);
    this.badge = h("span", { class: "badge", hidden: true });
    this.how = h("span", { class: "state" });
    this.age = h("span", { class: "age" });
    this.notice = h("span", { class: "notice" });
    this.element = h(
      "span", { class: "live" },
      this.picture.element, this.notice,
      h("span", { class: "whose" }, this.name, this.badge),
      h("span", { class: "how" }, this.how, this.age),
    );
    this.blind = null;
  }

  /** See Picture.open. */
  open(wish) {
    this.picture.open(this.camera, wish);
    this.retell();
  }

  close() {
    this.picture.close();
    this.retell();
  }

  /** What the journal knows of the camera itself: `kind` and `since`, or null. */
  note(blind) {
    this.blind = blind;
    this.retell();
  }

  /** In words what there is instead of a picture, or null. */
  get failure() {
    const { kind, why } = this.picture;
    if (kind !== "none") return null;
    const lost = this.blind !== null && why === "no_picture";
    if (lost) return t("live.since", { what: t(`moment.${this.blind.kind}`), time: moment(this.blind.since) });
    return t(`live.none_${SPOKEN.has(why) ? why : "other"}`);
  }

  /** How it is, in a few words. */
  get state() {
    const { kind, why, age } = this.picture;
    if (kind === "video" && age > OLD_S) return t("live.old");
    return t(kind === "stills" ? `live.stills_${why}` : `live.${kind}`);
  }

  /** All of it, for those who do not see it. */
  get words() {
    const { age } = this.picture;
    const said = [this.camera, this.badge.textContent, this.failure ?? this.state, age === null ? "" : ageWords(age)];
    return said.filter(Boolean).join(", ");
  }

  retell() {
    const { kind, why } = this.picture;
    this.element.dataset.state = kind;
    this.element.dataset.why = why ?? "";
    say(this.notice, this.failure ?? "");
    this.badge.hidden = this.blind === null || kind === "none"; // what is said in the middle
    say(this.badge, this.badge.hidden ? "" : t(`kind.${this.blind.kind}`));
    this.tick();
  }

  tick() {
    const { age } = this.picture;
    say(this.how, this.state);
    say(this.age, age === null ? "" : ageWords(age));
    this.element.dataset.old = String(age !== null && age > OLD_S);
  }
}

/** 0,4 s; 12 s; 3:05 min. */
function ageWords(age) {
  if (age < 10) return t("live.age", { seconds: decimal(age) });
  return age < 100 ? t("live.age", { seconds: Math.floor(age) }) : t("live.age_long", { span: span(age) });
}
