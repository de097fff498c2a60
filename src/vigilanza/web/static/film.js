// Plays pictures while they come (Media Source Extensions), as near to the newest one as it can.

const KEPT_S = 10; // behind what is shown
const FAR_S = 0.8; // behind the newest picture: go to it
const NEAR_S = 0.15;
const FAST = 1.2; // from the one to the other

export const plays = (mime) => "MediaSource" in window && MediaSource.isTypeSupported(mime);

export class Film {
  /** `taken()` is called for each that was added once the browser has it, `failed()` if it cannot play it. */
  constructor(video, mime, { taken, failed }) {
    this.video = video;
    this.taken = taken;
    this.failed = failed;
    this.waiting = [];
    this.buffer = null;
    this.media = new MediaSource();
    this.media.addEventListener("sourceopen", () => this.begin(mime), { once: true });
    this.url = URL.createObjectURL(this.media);
    video.addEventListener("error", failed);
    video.src = this.url;
  }

  begin(mime) {
    if (this.media.readyState !== "open") return; // closed meanwhile
    this.buffer = this.media.addSourceBuffer(mime);
    this.buffer.addEventListener("updateend", () => this.feed());
    this.feed();
  }

  add(bytes) {
    this.waiting.push(bytes);
    this.feed();
  }

  feed() {
    if (this.buffer === null || this.buffer.updating || this.media.readyState !== "open") return;
    this.follow();
    const { buffered } = this.video;
    const oldest = this.video.currentTime - 2 * KEPT_S;
    if (buffered.length > 0 && buffered.start(0) < oldest) {
      this.buffer.remove(0, oldest + KEPT_S);
    } else if (this.waiting.length > 0) {
      try {
        this.buffer.appendBuffer(this.waiting.shift());
        this.taken();
      } catch {
        this.failed();
      }
    }
  }

  /** Playing never makes up for a stall by itself. */
  follow() {
    const { buffered, currentTime } = this.video;
    if (buffered.length === 0) return;
    const [start, end] = [buffered.start(buffered.length - 1), buffered.end(buffered.length - 1)];
    if (currentTime < start || end - currentTime > FAR_S) this.video.currentTime = Math.max(start, end - NEAR_S);
    this.video.playbackRate = end - this.video.currentTime > 2 * NEAR_S ? FAST : 1;
    if (this.video.paused) this.video.play().catch(() => undefined); // muted: a browser lets it
  }

  close() {
    this.video.removeEventListener("error", this.failed);
    this.video.removeAttribute("src");
    this.video.load();
    URL.revokeObjectURL(this.url);
    this.buffer = null;
    this.waiting = [];
  }
}
