// What must be written down is said again while the server does not answer: it knows what it has written already.

const TRIES = 4;
const PAUSE_MS = 1500;

/** Do it, again if no answer comes; the last failure is the caller's. */
export async function insist(deed) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await deed();
    } catch (refusal) {
      if (refusal.status !== 0 || tries === TRIES) throw refusal;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
