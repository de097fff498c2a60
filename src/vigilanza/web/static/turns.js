// Opens WebSockets a few at a time. Chromium lets a page that opens many at once wait, the longer the more are on their way: the sixteenth up to five seconds.

const AT_ONCE = 6;

class Turns {
  constructor() {
    this.waiting = new Set();
    this.opening = 0;
  }

  /** `open()` is called when it is its turn, perhaps at once, and gives the WebSocket; what comes back calls it off. */
  take(open) {
    this.waiting.add(open);
    this.next();
    return () => this.waiting.delete(open);
  }

  next() {
    for (const open of this.waiting) {
      if (this.opening >= AT_ONCE) return;
      this.waiting.delete(open);
      this.opening += 1;
      const socket = open();
      const settled = new Promise((settle) => ["open", "close"].forEach((one) => socket.addEventListener(one, settle)));
      settled.then(() => {
        this.opening -= 1;
        this.next();
      });
    }
  }
}

export const turns = new Turns();
