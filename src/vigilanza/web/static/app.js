// Puts the page together: who is signed in, what is on the list, which incident is open, what the keys do.

import { AccountsDesk } from "./accounts.js";
import { Archive } from "./archive.js";
import { Calendar } from "./calendar.js";
import { Call } from "./call.js";
import { decideAll } from "./decideall.js";
import { arrangeDoors } from "./doors.js";
import { say } from "./dom.js";
import { HandoverDesk } from "./handover.js";
import { IncidentPane } from "./incident.js";
import { Link } from "./link.js";
import { LinesDesk } from "./lines.js";
import { IncidentList } from "./list.js";
import { allow, may } from "./may.js";
import { OrderBoard } from "./orders.js";
import { PhoneBoard } from "./phone.js";
import { Pulse } from "./pulse.js";
import { SafeguardDesk } from "./safeguards.js";
import { server } from "./server.js";
import { Wall } from "./wall.js";
import { SetupBoard } from "./setup.js";
import { Trail } from "./trail.js";
import { clockTime, learnTime, now, speak, t } from "./words.js";

const byId = (id) => document.getElementById(id);
const body = document.body;
let incidents = [];
let selected = null;
let reading = null; // the refresh under way
let again = false; // and whether another is wanted after it

const call = new Call();
const list = new IncidentList({ choose: open, isUnseen: (incident) => call.isUnseen(incident) });
const orderActs = {
  extend: (id, to) => act(() => server.extendOrder(id, to)),
  end: (id) => act(() => server.endOrder(id)),
};
const board = new OrderBoard({ ...orderActs, add: (order) => act(() => server.addOrder(order)) });
const pane = new IncidentPane({
  orders: orderActs,
  confirm: (id, avs, replaces, others) => act(() => decideAll(server.confirm, id, avs, replaces, others)),
  reject: (id, rejection, replaces, others) => act(() => decideAll(server.reject, id, rejection, replaces, others)),
  together: (id) => list.together(id),
  step: (id, step) => act(() => server.step(id, step)),
  telephone: (id, made) => act(() => server.telephone(id, made)),
  requeue: (alert, why) => act(() => server.requeue(alert, why)),
  writeOff: { ask: (alert, why) => act(() => server.writeOff(alert, why)), grant: (alert) => act(() => server.grantWriteOff(alert)) },
  hold: (id, order) => act(() => server.hold(id, order)),
  confirmHold: (id) => act(() => server.confirmHold(id)),
  release: (id) => act(() => server.release(id)),
  askExport: (id, order) => act(() => server.askExport(id, order)),
  grantExport: (id) => act(() => server.grantExport(id)),
  next: (id) => list.nextAfter(id),
  choose: open,
});
const phone = new PhoneBoard({
  open,
  done: (alert, note) => act(() => server.taskDone(alert, note)),
  warn: (words) => may("telephone") && warn(words),
});
const wall = new Wall({ choose: open, fail, before: () => closeScreens() });
const archive = new Archive({ choose: open, fail, before: () => closeScreens() });
const trail = new Trail({ fail, before: () => closeScreens() });
const calendar = new Calendar({ ...orderActs, fail, before: () => closeScreens() });
const screens = [wall, archive, trail, calendar]; // those that stand in place of the console
const setup = new SetupBoard({ fail, saved: () => refresh().then(() => safeguards.standing.pending.length) });
const pulse = new Pulse({ warn });
const accounts = new AccountsDesk({ ended: fail });
const handover = new HandoverDesk({ choose: open, ended: fail });
const safeguards = new SafeguardDesk({ ended: fail });
const lines = new LinesDesk({ warn, ended: fail });
const retelling = [board, phone, handover, safeguards, wall, pulse, lines, archive, trail, calendar];
const link = new Link({ changed: refresh, beat: () => Promise.all([pulse.beat(), lines.beat()]), state: showLink });

function closeScreens() {
  for (const screen of screens) screen.close();
}

function warn(words) {
  say(byId("announcer"), words);
  call.ring();
}

/** Read list and open incident again; calls that come meanwhile are joined into one more reading. */
async function refresh() {
  again = true;
  reading ??= (async () => {
    while (again) {
      again = false;
      await readOnce();
    }
  })().finally(() => (reading = null));
  await reading;
}

async function readOnce() {
  try {
    const answer = await server.incidents();
    learnTime(answer.now);
    ({ incidents, beyond: list.beyond } = answer);
    byId("cameras").dataset.count = answer.cameras_blind.length;
    byId("cameras").title = answer.cameras_blind.join(", ");
    say(byId("cameras-count"), String(answer.cameras_blind.length));
    call.update(incidents);
    list.update(incidents);
    if (selected !== null) await showDetail(selected);
    const { tasks } = await server.tasks();
    call.phoning = tasks.length;
    phone.update(tasks);
    board.update(await server.orders()); // last: no alarm waits for them
    await calendar.update();
    await wall.update(incidents);
    await handover.update(byId("operator").textContent);
    await safeguards.update(byId("operator").textContent);
  } catch (refusal) {
    if (refusal.status !== 0) fail(refusal); // a server that does not answer is said on the top line
  }
}

/** What comes back while it is still on the screen calls until it is `opened` again: nobody may be looking. */
async function showDetail(id, { opened = false } = {}) {
  const detail = await server.incident(id);
  if (id !== selected) return;
  if (opened || !detail.decision?.overtaken) call.see(detail);
  call.update(incidents);
  list.update(incidents);
  pane.show(detail);
}

async function open(id) {
  closeScreens();
  selected = id;
  history.replaceState(null, "", `#${id}`);
  list.select(id);
  if (pane.incident?.id !== id) pane.clear("detail.loading");
  else byId("incident").focus({ preventScroll: true }); // chosen again: on from its row into the incident
  try {
    await showDetail(id, { opened: true });
  } catch (refusal) {
    if (selected === id) pane.clear();
    fail(refusal);
  }
}

/** Do it, show what became of it; true if it was done. */
async function act(deed) {
  let done = false;
  try {
    await deed();
    done = true;
  } catch (refusal) {
    fail(refusal);
  }
  await refresh();
  return done;
}

function fail(refusal) {
  if (refusal.status === 401) return leave(t("login.ended"));
  if (refusal.status === undefined) throw refusal;
  say(byId("failure").querySelector("span"), refusal.words);
  byId("failure").hidden = false;
  return undefined;
}

function showLink(state, since) {
  body.dataset.link = state;
  byId("top").dataset.link = state;
  byId("link").dataset.state = state;
  say(byId("link-word"), t(state === "up" ? "top.connected" : "top.disconnected"));
  byId("link-lost").hidden = state === "up";
  if (state === "down") say(byId("link-lost"), t("top.disconnected_long", { time: clockTime(since) }));
}

/** The console, for the operator who is signed in. */
async function enter({ operator, permissions }) {
  allow(permissions);
  say(byId("operator"), operator);
  byId("failure").hidden = true;
  body.dataset.screen = "console";
  pane.clear();
  call.show();
  await refresh();
  link.open();
  const wanted = location.hash.slice(1);
  if (incidents.some((incident) => incident.id === wanted)) await open(wanted);
}

/** Nothing of an incident stays on the screen of somebody who is signed out. */
function leave(why) {
  allow([]);
  link.close();
  wall.close();
  selected = null;
  incidents = [];
  pane.clear();
  list.update([]);
  call.update([]);
  board.forget();
  call.phoning = 0;
  phone.update([]);
  accounts.close();
  setup.close();
  handover.forget();
  lines.forget();
  safeguards.forget();
  archive.forget();
  trail.forget();
  calendar.forget();
  doors.show("login", why);
}

const doors = arrangeDoors({ entered: enter });

async function chooseLanguage(code) {
  await speak(code);
  call.show();
  list.update(incidents);
  for (const one of retelling) one.retell();
  if (body.dataset.link) showLink(body.dataset.link, now());
  if (pane.incident !== null) pane.show(pane.incident, { afresh: true });
  else pane.clear();
}

function heard(event) {
  if (body.dataset.screen !== "console" || event.ctrlKey || event.altKey || event.metaKey) return undefined;
  const writing = event.target.matches("input:not([type=radio], [type=checkbox]), select, textarea");
  if (writing || document.querySelector("dialog[open]") !== null) return undefined; // nothing is done behind a dialog
  const moves = { j: 1, k: -1 };
  if (screens.some((screen) => screen.key(event.key))) return event.preventDefault();
  if (screens.some((screen) => screen.isOpen)) return undefined;
  if (event.key in moves) list.move(moves[event.key]);
  else if (!pane.key(event.key)) return undefined;
  return event.preventDefault();
}

document.addEventListener("keydown", heard);
byId("call-open").addEventListener("click", () => call.first !== undefined && open(call.first.id));
byId("failure").querySelector("button").addEventListener("click", () => (byId("failure").hidden = true));
byId("logout").addEventListener("click", () => server.logout().then(() => leave(""), fail));
for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => chooseLanguage(button.dataset.language));
}
setInterval(() => say(byId("clock"), clockTime(now())), 1000);

await speak(document.documentElement.lang);
doors.tellRefusal();
say(byId("clock"), clockTime(now()));
call.show();
if (body.dataset.screen === "console") await server.session().then(enter, () => leave(t("login.ended")));
