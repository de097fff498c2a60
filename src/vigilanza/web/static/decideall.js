// One verdict for an incident, and for others that were hit at once with it.

import { insist } from "./insist.js";
import { Refusal } from "./server.js";

/** First the one that was looked at, then the others that the operator wants decided with it, until one is refused. */
export async function decideAll(say, id, verdict, replaces, others) {
  await insist(() => say(id, verdict, replaces));
  for (const [index, other] of others.entries()) {
    try {
      await insist(() => say(other.id, verdict, other.decision?.id ?? null));
    } catch (refusal) {
      if (refusal.status === undefined) throw refusal;
      const done = { done: index + 1, count: others.length + 1, camera: other.camera, why: refusal.words };
      throw new Refusal(refusal.status, "decided_partly", refusal.message, done);
    }
  }
}
