// Every word the page says comes from /locale; times are the site's, numbers are tabular.

const site = document.body.dataset;
let words = {};
let [told, toldAt] = [performance.timeOrigin / 1000, 0]; // what the server's clock said, in Unix seconds, and performance.now() then
export let language = document.documentElement.lang;

/** Load a language and put it into every element that asks for a word. */
export async function speak(code) {
  const response = await fetch(`/locale/${code}.json`);
  if (!response.ok) throw new Error(`no words for ${code}`);
  words = await response.json();
  language = code;
  document.documentElement.lang = code;
  document.cookie = `language=${code}; Path=/; Max-Age=31536000; SameSite=Strict`;
  for (const element of document.querySelectorAll("[data-t]")) {
    element.textContent = t(element.dataset.t, { minimum: element.dataset.tMinimum, provider: element.dataset.tProvider });
  }
  for (const element of document.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", t(element.dataset.tLabel));
  }
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === code));
  }
}

export const knows = (key) => key in words;

/** The word for `key`, its {places} filled. An unknown key is shown as it is: ugly, but never silent. */
export function t(key, values = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (place, name) => (values[name] === undefined ? place : String(values[name])));
}

export const count = (key, number) => t(`${key}.${number === 1 ? "one" : "many"}`, { count: number });

/** Learn the server's time: this machine's clock may be wrong, and may be put right at any moment. */
export function learnTime(serverNow) {
  [told, toldAt] = [serverNow, performance.now()];
}

export const now = () => told + (performance.now() - toldAt) / 1000;

const format = (options) => new Intl.DateTimeFormat("it-IT", { timeZone: site.timezone, hourCycle: "h23", ...options });
const clock = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const dayAndMonth = format({ day: "2-digit", month: "2-digit" });
const wholeDay = format({ day: "2-digit", month: "2-digit", year: "numeric" });

/** 2026-11-22, as a field for a day wants it. */
export const isoDay = (at) => new Intl.DateTimeFormat("sv-SE", { timeZone: site.timezone }).format(at * 1000);

/** 22/11/2026 */
export const day = (at) => wholeDay.format(at * 1000);

export const clockTime = (at) => clock.format(at * 1000);

/** 03:12:09, with 22/11 before it unless that is today at the site. */
export function moment(at) {
  const date = dayAndMonth.format(at * 1000);
  return date === dayAndMonth.format(now() * 1000) ? clockTime(at) : `${date} ${clockTime(at)}`;
}

/** 0,4 in the language of now. */
export const decimal = (number) =>
  new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(number);

/** 0:42, 12:07, 3:15:09, 2 g 03:15. */
export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (hours >= 100) return `${Math.floor(hours / 24)} ${t("unit.day")} ${two(hours % 24)}:${two(minutes)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** "Porta 0423.B.03.12 – anta aperta" */
export function headline(incident) {
  const what = t(`kind.${incident.kind}`);
  return incident.door === null
    ? t("headline.camera", { camera: incident.camera, what })
    : t("headline.door", { door: incident.door, what });
}

/** How far it has gone; the phases are a door's, of a camera only its end is worth saying. */
export function phase(incident) {
  return incident.door !== null || incident.phase === "closed" ? t(`phase.${incident.phase}`) : "";
}
