// Who may sign in, and what they may do: for supervisors. Each change ends the sessions of the account.

import { h, say } from "./dom.js";
import { server } from "./server.js";
import { t } from "./words.js";

const ROLES = ["operator", "supervisor", "technician", "dpo", "auditor"];
const UNSURE_MS = 4000;
const byId = (id) => document.getElementById(id);

export class AccountsDesk {
  /** `ended(refusal)` is called when one's own session is over. */
  constructor({ ended }) {
    this.ended = ended;
    this.dialog = byId("accounts");
    this.list = byId("accounts-list");
    this.form = byId("accounts-form");
    this.problem = this.dialog.querySelector(".problem");
    byId("accounts-open").addEventListener("click", () => this.open());
    byId("accounts-close").addEventListener("click", () => this.close());
  }

  async open() {
    say(this.problem, "");
    this.form.replaceChildren(...this.fields());
    this.dialog.showModal();
    await this.act(() => undefined);
  }

  close() {
    this.dialog.close();
    this.list.replaceChildren();
    this.form.replaceChildren();
  }

  /** Do it, and show the accounts as they are then; true if it was done. */
  async act(deed) {
    try {
      await deed();
      say(this.problem, "");
      await this.read();
      return true;
    } catch (refusal) {
      if (refusal.status === 401) {
        this.close();
        this.ended(refusal);
      } else if (refusal.status === undefined) throw refusal;
      else say(this.problem, refusal.words);
    }
    return false;
  }

  async read() {
    const { accounts } = await server.accounts();
    this.list.replaceChildren(...accounts.map((account) => this.row(account)));
  }

  row({ name, roles, totp, closed }) {
    const facts = [totp ? t("accounts.totp") : "", closed ? t("accounts.closed") : ""].filter(Boolean).join(" · ");
    const boxes = ROLES.map((role) => {
      const box = h("input", { type: "checkbox", checked: roles.includes(role), disabled: closed });
      box.addEventListener("change", async () => {
        box.disabled = true;
        const change = box.checked ? { add: [role] } : { remove: [role] };
        if (await this.act(() => server.changeRoles(name, change))) return;
        box.checked = roles.includes(role);
        box.disabled = false;
      });
      return h("label", {}, box, t(`role.${role}`));
    });
    const head = h("p", {}, h("b", {}, name), h("small", {}, facts), closed ? null : this.closing(name));
    return h("li", { "data-account": name, "data-closed": String(closed) }, head, h("div", { class: "roles" }, boxes));
  }

  /** The second click counts. */
  closing(name) {
    const button = h("button", { type: "button", class: "quiet" }, t("accounts.close"));
    button.addEventListener("click", () => {
      if (button.dataset.sure === "true") return this.act(() => server.closeAccount(name));
      button.dataset.sure = "true";
      say(button, t("accounts.close_sure"));
      setTimeout(() => {
        delete button.dataset.sure;
        say(button, t("accounts.close"));
      }, UNSURE_MS);
      return undefined;
    });
    return button;
  }

  fields() {
    const name = h("input", { name: "account", required: true, maxlength: 64, autocomplete: "off", spellcheck: "false" });
    const minimum = document.body.dataset.minimumPassword;
    const password = h("input", {
      name: "secret", type: "password", required: true, minlength: minimum, maxlength: 1000, autocomplete: "new-password",
    });
    const role = h("select", { name: "role", required: true }, ROLES.map((one) => h("option", { value: one }, t(`role.${one}`))));
    this.form.onsubmit = async (event) => {
      event.preventDefault();
      const account = { name: name.value, password: password.value, roles: [role.value] };
      if (await this.act(() => server.addAccount(account))) this.form.reset();
    };
    return [
      h("label", {}, t("login.name"), name), h("label", {}, t("setup.password", { minimum }), password),
      h("label", {}, t("accounts.role"), role), h("button", { type: "submit", class: "plain" }, t("accounts.add")),
    ];
  }
}
