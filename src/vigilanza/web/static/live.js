// One camera's live picture: a moving one where line and browser carry it, else stills; and when what is seen was taken.

import { h } from "./dom.js";
import { Film, plays } from "./film.js";
import { turns } from "./turns.js";
import { now } from "./words.js";

const AGAIN_MS = { again: 100, audit_unavailable: 10_000 };
const AGAIN_OTHER_MS = 2_000;
const MARKS_MAX = 256;
const SEEN_BYTES = 16; // two doubles: when it was taken, and when the film shows it

export class Picture {
  /** `changed()` is called when `kind` (closed, opening, video, stills, none) or `why` has changed. */
  constructor({ changed }) {
    this.changed = changed;
    this.video = h("video", { playsinline: true, disablepictureinpicture: true, tabindex: "-1" });
    this.video.muted = true;
    this.canvas = h("canvas");
    this.element = h("div", { class: "picture" }, this.video, this.canvas);
    this.socket = null;
    this.film = null;
    this.again = null;
    this.callOff = () => {};
    this.shut();
  }

  /** `wish` may have `large`, or `stills`: a still every so many seconds. */
  open(camera, wish = {}) {
    if (this.kind !== "closed" && this.camera === camera && same(this.wish, wish)) return;
    const kept = this.camera === camera ? this.takenAt : null;
    this.close();
    this.camera = camera;
    this.wish = wish;
    this.takenAt = kept;
    this.element.dataset.shows = kept === null ? "nothing" : "still";
    this.tell("opening", null);
    this.connect();
  }

  close() {
    clearTimeout(this.again);
    this.callOff();
    this.freeze();
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.shut();
  }

  shut() {
    this.kind = "closed";
    this.why = null;
    this.wish = {};
    this.stuck = false; // the browser cannot play what comes
    this.takenAt = null; // UTC in Unix seconds, of what is seen
    this.marks = []; // of what waits to be shown: up to which second of the film it is how far from UTC
    this.element.dataset.shows = "nothing";
  }

  /** Seconds since what is seen was taken; null if nothing is seen. */
  get age() {
    return this.takenAt === null ? null : Math.max(0, now() - this.takenAt);
  }

  tell(kind, why) {
    if (this.kind === kind && this.why === why) return;
    this.kind = kind;
    this.why = why;
    this.changed();
  }

  connect() {
    this.callOff = turns.take(() => this.dial());
  }

  dial() {
    const query = new URLSearchParams(this.stuck ? { stills: 1 } : this.wish).toString();
    const path = `/api/cameras/${encodeURIComponent(this.camera)}/live?${query}`;
    const socket = new WebSocket(location.origin.replace(/^http/, "ws") + path);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.end = "unreachable";
    socket.addEventListener("message", ({ data }) => {
      if (socket !== this.socket) return;
      if (typeof data === "string") this.hear(JSON.parse(data));
      else this.take(data);
    });
    socket.addEventListener("close", () => socket === this.socket && this.lose());
    return socket;
  }

  hear({ kind, mime, why }) {
    if (kind === "none") {
      this.end = why;
    } else if (kind === "video" && plays(mime)) {
      this.headless = true;
      this.marks = [];
      const acts = { taken: () => this.answer(), failed: () => this.showStills() };
      this.film = new Film(this.video, mime, acts);
      this.watch();
    } else if (kind === "video") {
      this.showStills();
    } else {
      this.freeze();
      this.mode = why;
    }
  }

  /** The browser cannot play it. */
  showStills() {
    const { socket } = this;
    this.stuck = true;
    this.freeze();
    this.socket = null;
    socket?.close();
    this.connect();
  }

  take(data) {
    if (this.film === null) {
      this.draw(data);
    } else if (this.headless) {
      this.headless = false;
      this.film.add(data);
    } else {
      const seen = new DataView(data, 0, SEEN_BYTES);
      const [at, until] = [seen.getFloat64(0, true), seen.getFloat64(8, true)];
      this.marks.push({ until, ahead: at - until });
      if (this.marks.length > MARKS_MAX) this.marks.shift();
      this.film.add(new Uint8Array(data, SEEN_BYTES));
    }
  }

  /** Note each picture as it is shown. */
  watch() {
    const { film } = this;
    const note = (_, { mediaTime }) => {
      if (film !== this.film) return;
      while (this.marks.length > 1 && this.marks[0].until < mediaTime) this.marks.shift();
      this.takenAt = mediaTime + this.marks[0].ahead;
      this.element.dataset.shows = "video";
      this.tell("video", null);
      this.video.requestVideoFrameCallback(note);
    };
    this.video.requestVideoFrameCallback(note);
  }

  async draw(data) {
    const { socket } = this;
    const bitmap = await createImageBitmap(new Blob([new Uint8Array(data, SEEN_BYTES)])).catch(() => null);
    if (socket !== this.socket) return;
    this.answer();
    if (bitmap === null) return;
    this.paint(bitmap, bitmap.width, bitmap.height);
    this.takenAt = new DataView(data).getFloat64(0, true);
    this.tell("stills", this.mode);
  }

  paint(picture, width, height) {
    [this.canvas.width, this.canvas.height] = [width, height];
    this.canvas.getContext("2d").drawImage(picture, 0, 0);
    this.element.dataset.shows = "still";
  }

  answer() {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send("+");
  }

  lose() {
    this.freeze();
    this.socket = null;
    if (this.end !== "again") this.tell("none", this.end);
    if (this.end === "signed_out" || this.end === "no_camera") return;
    this.again = setTimeout(() => this.connect(), AGAIN_MS[this.end] ?? AGAIN_OTHER_MS);
  }

  /** Keep the last picture, end the film. */
  freeze() {
    const { film, video } = this;
    if (film === null) return;
    if (this.element.dataset.shows === "video") this.paint(video, video.videoWidth, video.videoHeight);
    this.film = null;
    film.close();
  }
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
