"""`vigilanza operator`: accounts, one-time codes and tokens from the command line, on a real database."""

import os
import pwd
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from tests.commands import configuration
from vigilanza.__main__ import app
from vigilanza.app.roletable import roles_text
from vigilanza.app.staff import draw_code
from vigilanza.clock import SystemClock
from vigilanza.domain.role import Role
from vigilanza.store.accounts import Accounts
from vigilanza.store.audit import AuditChain
from vigilanza.store.database import open_database
from vigilanza.store.tokens import ApiTokens

PASSWORD = "una-lunga-parola-segreta"
ROLES = Path(__file__).parents[2] / "docs" / "roles.md"


class Console:
    """Where `vigilanza operator` is called; `said` is what it printed, the exit code having been as expected."""

    def __init__(self, folder: Path) -> None:
        self.config = configuration(folder, "dev_neg_authorised_visit_with_work_order")
        self.database = f"sqlite:///{folder}/vigilanza.db"

    def call(self, *words: str, typed: str | None = None) -> Result:
        environ = {"CAMERA_PASSWORD": "x"}
        return CliRunner().invoke(app, ["operator", *words, "--config", str(self.config)], input=typed, env=environ)

    def said(self, *words: str, typed: str | None = None, exit_code: int = 0) -> str:
        result = self.call(*words, typed=typed)
        assert result.exit_code == exit_code, result.output
        return result.output


@pytest.fixture
def console(tmp_path: Path) -> Console:
    return Console(tmp_path)


def test_accounts_are_made_changed_and_listed(console: Console) -> None:
    console.said("add", "anna", "--role", "dpo", "--role", "auditor", typed=f"{PASSWORD}\n{PASSWORD}\n")
    console.said("add", "bruno", "--role", "supervisor", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert console.said("role", "anna", "--add", "operator", "--remove", "dpo") == "auditor, operator\n"
    console.said("password", "anna", typed=f"{PASSWORD}-2\n{PASSWORD}-2\n")
    assert console.said("list") == "anna  auditor, operator\nbruno  supervisor\n"
    engine = open_database(console.database)
    accounts, chain = Accounts(engine=engine, clock=SystemClock()), AuditChain(engine=engine, clock=SystemClock())
    assert accounts.authenticate("anna", f"{PASSWORD}-2")
    told = [(record.who, record.action, record.subject) for record in reversed(chain.latest())]
    by = f"console/{pwd.getpwuid(os.getuid()).pw_name}"
    assert told == [
        (by, "operator.created", "anna"),
        (by, "operator.created", "bruno"),
        (by, "operator.roles_changed", "anna"),
        (by, "operator.password_changed", "anna"),
    ]
    engine.dispose()


def test_who_leaves_signs_in_no_more_until_there_is_a_new_password(console: Console) -> None:
    typed = f"{PASSWORD}\n{PASSWORD}\n"
    console.said("add", "anna", "--role", "supervisor", typed=typed)
    console.said("add", "bruno", "--role", "supervisor", typed=typed)
    console.said("close", "bruno")
    assert console.said("list") == "anna  supervisor\nbruno  supervisor  closed\n"
    assert "last supervisor" in console.said("close", "anna", exit_code=2)
    assert "last supervisor" in console.said("role", "anna", "--add", "dpo", "--remove", "supervisor", exit_code=2)
    assert "already" in console.said("add", "bruno", "--role", "dpo", typed=typed, exit_code=2)
    engine = open_database(console.database)
    accounts = Accounts(engine=engine, clock=SystemClock())
    assert not accounts.authenticate("bruno", PASSWORD)
    assert not accounts.authenticate("bruno", "closed")
    console.said("password", "bruno", typed=typed)
    assert accounts.authenticate("bruno", PASSWORD)
    engine.dispose()


def test_what_cannot_be_says_what_to_blame(console: Console) -> None:
    typed = f"{PASSWORD}\n{PASSWORD}\n"
    assert "--role: integrator is the role of tokens" in console.said(
        "add", "anna", "--role", "integrator", typed=typed, exit_code=2
    )
    console.said("add", "anna", "--role", "supervisor", typed=typed)
    assert "NAME: there is already" in console.said("add", "anna", "--role", "dpo", typed=typed, exit_code=2)
    assert "--password: " in console.said("password", "anna", typed="short\nshort\n", exit_code=2)
    lonely = console.said("role", "anna", "--add", "dpo", "--remove", "supervisor", exit_code=2)
    assert lonely == "--role: anna is the last supervisor: make another one first\n"
    assert "NAME: there is no operator carla" in console.said("totp", "carla", exit_code=2)
    assert "name a role" in console.said("role", "anna", exit_code=2)
    assert "NAME: there is no token city" in console.said("token", "city", "--revoke", exit_code=2)
    assert "--days: " in console.said("token", "city", "--days", "9999", exit_code=2)


def test_codes_are_shown_once_and_taken_away(console: Console) -> None:
    console.said("add", "anna", "--role", "supervisor", typed=f"{PASSWORD}\n{PASSWORD}\n")
    shown = console.said("totp", "anna")
    assert re.search(r"^otpauth://totp/Vigilanza:anna\?\S*secret=[A-Z2-7]{32}", shown, re.MULTILINE)
    assert console.said("list") == "anna  supervisor  with one-time codes\n"
    console.said("totp", "anna", "--remove")
    assert console.said("list") == "anna  supervisor\n"


def test_the_drawing_is_read_by_a_telephone() -> None:
    address = (
        "otpauth://totp/Vigilanza:anna?digits=6&secret=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567&period=30&issuer=Vigilanza"
    )
    halves = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
    lines = draw_code(address)
    modules = np.array([[halves[letter][half] for letter in line] for line in lines for half in (0, 1)], np.uint8)
    picture = cv2.copyMakeBorder(np.kron(modules * 255, np.ones((6, 6), np.uint8)), 30, 30, 30, 30, 0, value=[255])
    read, *_ = cv2.QRCodeDetector().detectAndDecode(picture)
    assert read == address


def test_a_token_is_printed_once_and_listed_until_it_is_revoked(console: Console) -> None:
    token = console.said("token", "city", "--days", "7").strip()
    engine = open_database(console.database)
    account = ApiTokens(engine=engine, clock=SystemClock()).account_of(token)
    assert account is not None
    assert (account.name, account.roles) == ("token/city", frozenset({Role.INTEGRATOR}))
    engine.dispose()
    assert console.said("list").startswith("token/city  integrator  until ")
    console.said("token", "city", "--revoke")
    assert console.said("list") == ""


def test_the_published_table_is_current() -> None:
    assert roles_text(clock=SystemClock()) == ROLES.read_text("utf-8"), "run: vigilanza operator roles > docs/roles.md"
