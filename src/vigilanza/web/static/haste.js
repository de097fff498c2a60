// How long an incident has waited for somebody, against how long it should: to be opened, and then to be decided.

import { now } from "./words.js";

/** Seconds, as alarm receiving centres are measured: most within the first, all but a few within the second. */
const OPEN_S = [30, 60];
export const DECIDE_S = [90, 180];

/** "" in time, "soon" when most would be done, "late" when it takes too long. */
export function haste(incident, unseen) {
  if (!incident.waiting) return "";
  const [soon, late] = unseen ? OPEN_S : DECIDE_S;
  const waited = now() - incident.opened_at;
  return waited >= late ? "late" : waited >= soon ? "soon" : "";
}
