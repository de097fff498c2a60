// Whether the parts behind the page give signs of life: a watch that has ended would look like a quiet night.

import { say } from "./dom.js";
import { server } from "./server.js";
import { t } from "./words.js";

const EVERY_MS = 5_000;
const notice = document.getElementById("parts-silent");

export class Pulse {
  /** `warn(words)` calls the operator when a part falls silent. */
  constructor({ warn }) {
    this.warn = warn;
    this.silent = [];
    this.due = 0;
  }

  /** To be called whenever the line beats. */
  async beat() {
    if (performance.now() < this.due) return;
    this.due = performance.now() + EVERY_MS;
    // A server that does not answer is told by the line itself.
    const { silent } = await server.health().catch(() => ({ silent: this.silent }));
    const fresh = silent.some((part) => !this.silent.includes(part));
    this.silent = silent;
    this.retell();
    if (fresh) this.warn(notice.textContent);
  }

  /** Say it, in the language of now. */
  retell() {
    const words = CONSEQUENCES.flatMap((kind) => {
      const parts = this.silent.filter((part) => consequence(part) === kind);
      return parts.length > 0 ? [t(kind, { parts: parts.join(", ") })] : [];
    });
    notice.hidden = words.length === 0;
    if (!notice.hidden) say(notice, words.join(" "));
  }
}

// The gravest first; each is the key of its words.
const CONSEQUENCES = ["parts.watch", "parts.other", "parts.centre", "parts.sites", "parts.video", "parts.deletion", "parts.room"];

function consequence(part) {
  if (part.startsWith("watch") || part === "finder") return "parts.watch";
  if (part.startsWith("site ")) return "parts.sites";
  return { centre: "parts.centre", video: "parts.video", deletion: "parts.deletion", room: "parts.room" }[part] ?? "parts.other";
}
