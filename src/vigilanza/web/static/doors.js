// Sign-in and first start: the ways into the console.

import { server } from "./server.js";
import { t } from "./words.js";

const body = document.body;

/** `entered(session)` is called once somebody is signed in. */
export function arrangeDoors({ entered }) {
  const doors = {
    login: (form) => server.login(form.name.value, form.password.value, form.code.value),
    setup: (form) => server.setup(form.code.value, form.name.value, form.password.value),
  };
  for (const [name, knock] of Object.entries(doors)) {
    const form = document.getElementById(`${name}-form`);
    form.querySelector("[type=submit]").disabled = false; // until here a click would send the form by itself, and be lost
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector("[type=submit]");
      const problem = form.querySelector(".problem");
      button.disabled = true;
      problem.textContent = "";
      try {
        const session = await knock(fieldsOf(form));
        form.reset();
        askCode(false);
        await entered(session);
      } catch (refusal) {
        if (refusal.status === undefined) throw refusal;
        if (name === "setup" && refusal.code === "code_missing") {  // the account was made: there is no other set-up
          form.reset();
          show("login", refusal.words);
          return;
        }
        problem.textContent = refusal.words;
        if (name === "login") form.elements.code.value = "";
        if (refusal.code === "code_needed") askCode(true);
        else form.elements.password.value = "";
      } finally {
        button.disabled = false;
      }
    });
  }
  const show = (name, why) => {
    body.dataset.screen = name;
    const form = document.getElementById(`${name}-form`);
    form.querySelector(".problem").textContent = why;
    form.querySelector("input").focus();
  };
  return { show, tellRefusal };
}

/** Who comes back from an identity provider and was not signed in is told why. */
function tellRefusal() {
  const [, code] = /^#oidc=([a-z_]{1,20})$/.exec(location.hash) ?? [];
  if (code === undefined) return;
  history.replaceState(null, "", "/");
  document.querySelector("#login-form .problem").textContent = t(`oidc.${code}`);
}

/** The field for a one-time code is there once the server has asked for one. */
function askCode(needed) {
  const label = document.getElementById("login-code");
  label.hidden = !needed;
  if (needed) label.querySelector("input").focus();
}

// `form.name` is the form's own name attribute, not the field of that name.
const fieldsOf = (form) => form.elements;
