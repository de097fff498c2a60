// The only file that talks to the server.

import { t, knows } from "./words.js";

/** What the server said no to: `code` for the program, `message` for a person; status 0 if it did not answer. */
export class Refusal extends Error {
  constructor(status, code, message, values = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.values = values;
  }

  /** In the operator's language. */
  get words() {
    const keys = [`error.${this.code}.${this.values.field}`, `error.${this.code}`, "error.other"];
    return t(keys.find(knows), { message: this.message, ...this.values });
  }
}

/** Only what can be given up joins the two: older browsers cannot, and everything else works there. */
function limit(given_up) {
  const late = AbortSignal.timeout(20_000);
  return given_up === undefined ? late : AbortSignal.any([late, given_up]);
}

async function call(method, path, body, given_up) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: { "X-Vigilanza": "1", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      signal: limit(given_up),
    });
  } catch {
    throw new Refusal(0, "unreachable", "");
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const { code = "other", message = response.statusText, ...values } = answer.error ?? {};
  throw new Refusal(response.status, code, message, values);
}

const at = (id) => encodeURIComponent(id);

export const server = {
  session: () => call("GET", "/api/session"),
  login: (name, password, code) => call("POST", "/api/login", { name, password, code }),
  setup: (code, name, password) => call("POST", "/api/setup", { code, name, password }),
  logout: () => call("POST", "/api/logout"),
  health: () => call("GET", "/healthz"),
  cameras: () => call("GET", "/api/cameras"),
  incidents: () => call("GET", "/api/incidents"),
  incident: (id) => call("GET", `/api/incidents/${at(id)}`),
  confirm: (id, avs, replaces) => call("POST", `/api/incidents/${at(id)}/confirm`, { avs, replaces }),
  wantPictures: (id) => call("POST", `/api/incidents/${at(id)}/pictures`),
  step: (id, step) => call("POST", `/api/incidents/${at(id)}/steps`, step),
  telephone: (id, made) => call("POST", `/api/incidents/${at(id)}/calls`, made),
  past: (id) => call("GET", `/api/incidents/${at(id)}/past`),
  hold: (id, order) => call("POST", `/api/incidents/${at(id)}/holds`, order),
  confirmHold: (id) => call("POST", `/api/holds/${at(id)}/confirm`),
  release: (id) => call("POST", `/api/holds/${at(id)}/release`),
  askExport: (id, order) => call("POST", `/api/incidents/${at(id)}/evidence`, order),
  grantExport: (id) => call("POST", `/api/exports/${at(id)}/grant`),
  reject: (id, rejection, replaces) => call("POST", `/api/incidents/${at(id)}/reject`, { ...rejection, replaces }),
  requeue: (alert, why) => call("POST", `/api/deliveries/${at(alert)}/requeue`, { why }),
  history: (query, after) => call("GET", `/api/history?${query}${after === null ? "" : `&after=${at(after)}`}`),
  statistics: (query) => call("GET", `/api/statistics?${query}`),
  lines: () => call("GET", "/api/lines"),
  testLine: (destination) => call("POST", `/api/lines/${at(destination)}/test`),
  lineTest: (alert) => call("GET", `/api/lines/tests/${at(alert)}`),
  exercise: () => call("GET", "/api/exercise"),
  beginExercise: () => call("POST", "/api/exercise/begin"),
  sight: (camera) => call("GET", `/api/setup/cameras/${at(camera)}/sight`),
  audit: (query, before) => call("GET", `/api/audit?${query}${before === null ? "" : `&before=${before}`}`),
  checkAudit: () => call("POST", "/api/audit/check"),
  layouts: () => call("GET", "/api/setup/cameras"),
  saveLayout: (camera, layout) => call("PUT", `/api/setup/cameras/${at(camera)}`, layout),
  findCameras: (where, given_up) => call("POST", "/api/setup/search", where, given_up),
  probeCamera: (question, given_up) => call("POST", "/api/setup/probe", question, given_up),
  addCamera: (camera) => call("POST", "/api/setup/cameras", camera),
  safeguards: () => call("GET", "/api/safeguards"),
  askWeakening: (hash, reason) => call("POST", "/api/safeguards/ask", { hash, reason }),
  approveWeakening: (hash) => call("POST", "/api/safeguards/approve", { hash }),
  orders: () => call("GET", "/api/workorders"),
  ordersBetween: (from, to) => call("GET", `/api/workorders?from=${at(from)}&to=${at(to)}`),
  addOrder: (order) => call("POST", "/api/workorders", order),
  extendOrder: (id, to) => call("POST", `/api/workorders/${at(id)}/extend`, { to }),
  endOrder: (id) => call("POST", `/api/workorders/${at(id)}/end`),
  accounts: () => call("GET", "/api/accounts"),
  addAccount: (account) => call("POST", "/api/accounts", account),
  changeRoles: (name, change) => call("POST", `/api/accounts/${at(name)}/roles`, change),
  closeAccount: (name) => call("POST", `/api/accounts/${at(name)}/close`),
  handover: () => call("GET", "/api/handover"),
  handoverOpen: () => call("GET", "/api/handover/open"),
  writeHandover: (text, about) => call("POST", "/api/handover", { text, about }),
  takeHandover: (id) => call("POST", `/api/handover/${at(id)}/take`),
  tasks: () => call("GET", "/api/tasks"),
  taskDone: (alert, note) => call("POST", `/api/tasks/${at(alert)}/done`, { note }),
  grantWriteOff: (alert) => call("POST", `/api/deliveries/${at(alert)}/write-off/grant`),
  writeOff: (alert, why) => call("POST", `/api/deliveries/${at(alert)}/write-off`, { why }),
};
