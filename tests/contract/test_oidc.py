"""Signing in through an identity provider, over real sockets on both sides; the provider lies on request."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import httpx
import pytest

from tests.contract.api_client import Counter, counter_of
from tests.e2e.seed import PASSWORD, Room, furnish
from tests.fakes import FakeClock
from tests.oidc import CLIENT, LUCA, MARIA, SECRET, LateProvider
from vigilanza.clock import SystemClock
from vigilanza.domain.role import Role
from vigilanza.lab.identity_provider import Lie, Person, StandInProvider
from vigilanza.web.oidc import PATIENCE_S


class Town:
    """A room, its page and the provider that it believes."""

    def __init__(self, room: Room, counter: Counter, server: StandInProvider, provider: LateProvider) -> None:
        self.room, self.counter, self.server, self.provider = room, counter, server, provider

    def come_back(self, browser: httpx.Client, person: Person) -> httpx.Response:
        """What the page answers once the person chose themselves there."""
        return browser.get(self.address_back(browser, person))

    def address_back(self, browser: httpx.Client, person: Person) -> str:
        """To which the provider sends the browser."""
        sent = browser.get("/api/oidc/login")
        assert sent.status_code == 303, sent.text
        choice = httpx.get(sent.headers["location"])
        assert choice.status_code == 200, choice.text
        link = next(unescape(one) for one in re.findall(r'href="(chosen[^"]+)"', choice.text) if person.subject in one)
        return str(httpx.get(f"{self.server.issuer}/{link}").headers["location"])

    def sign_in(self, person: Person) -> httpx.Client:
        browser = self.counter.stranger()
        assert told(self.come_back(browser, person)) == ""
        return browser


def told(answer: httpx.Response) -> str:
    """The reason for which somebody was sent back to the page; none if they are signed in."""
    assert answer.status_code == 200
    found = re.search(r'content="0;url=/(?:#oidc=(\w+))?"', answer.text)
    assert found is not None, answer.text
    return found[1] or ""


@contextmanager
def town_of(folder: Path, *persons: Person, told_late: bool = False) -> Iterator[Town]:
    with StandInProvider(
        persons, client_id=CLIENT, client_secret=SECRET, clock=SystemClock(), told_late=told_late
    ) as server:
        provider = LateProvider(server.issuer, SystemClock())
        for room in furnish(folder, provider=provider, coded={Role.SUPERVISOR}):
            with counter_of(room) as counter:
                provider.page = counter.url
                yield Town(room, counter, server, provider)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with town_of(tmp_path, MARIA, LUCA) as town:
        yield town


def test_somebody_with_a_role_is_signed_in_and_has_an_account_that_is_audited(town: Town) -> None:
    browser = town.sign_in(MARIA)
    session = browser.get("/api/session").json()
    assert (session["operator"], session["roles"]) == ("maria.rossi", ["operator"])
    assert town.room.records("operator.created") == ["maria.rossi"]
    assert town.room.records("session.opened") == ["maria.rossi"]
    town.sign_in(MARIA)
    assert town.room.records("operator.created") == ["maria.rossi"]


def test_groups_may_be_told_by_userinfo(tmp_path: Path) -> None:
    with town_of(tmp_path, MARIA, told_late=True) as town:
        assert town.sign_in(MARIA).get("/api/session").json()["roles"] == ["operator"]


@pytest.mark.parametrize("lie", [one for one in Lie if one not in (Lie.OTHER_PERSON, Lie.ODD_GROUPS)])
def test_an_answer_that_is_wrong_in_one_thing_signs_nobody_in(town: Town, lie: Lie) -> None:
    browser = town.counter.stranger()
    town.server.script(lie)
    assert told(town.come_back(browser, MARIA)) == ("refused" if lie is Lie.REFUSED else "invalid")
    assert browser.get("/api/session").status_code == 401
    assert town.room.records("session.opened") == []


def test_groups_that_are_no_texts_are_passed_over(town: Town) -> None:
    town.server.script(Lie.ODD_GROUPS)
    assert town.sign_in(MARIA).get("/api/session").json()["roles"] == ["operator"]


def test_userinfo_of_somebody_else_counts_for_nobody(tmp_path: Path) -> None:
    with town_of(tmp_path, LUCA, told_late=True) as town:
        town.server.script(Lie.OTHER_PERSON)
        assert told(town.come_back(town.counter.stranger(), LUCA)) == "invalid"


def test_without_a_role_here_nobody_enters_and_it_is_written_down(town: Town) -> None:
    browser = town.counter.stranger()
    assert told(town.come_back(browser, LUCA)) == "no_role"
    assert browser.get("/api/session").status_code == 401
    assert town.room.records("login.failed") == ["u-2"]
    assert town.room.records("operator.created") == []


def test_who_changes_groups_changes_roles_at_the_next_sign_in(town: Town) -> None:
    before = town.sign_in(MARIA)
    town.server.persons["u-1"] = Person("u-1", "maria.rossi", ("vgz-dpo",))
    after = town.sign_in(MARIA)
    assert after.get("/api/session").json()["roles"] == ["dpo"]
    assert before.get("/api/session").status_code == 401
    assert town.room.records("operator.roles_changed") == ["maria.rossi"]
    town.server.persons["u-1"] = Person("u-1", "maria.rossi", ())
    assert told(town.come_back(town.counter.stranger(), MARIA)) == "no_role"


def test_a_new_name_there_is_the_same_account_here(town: Town) -> None:
    town.sign_in(MARIA)
    town.server.persons["u-1"] = Person("u-1", "maria.bianchi", ("vgz-operators",))
    assert town.sign_in(MARIA).get("/api/session").json()["operator"] == "maria.rossi"


def test_the_name_of_a_local_account_is_not_taken_over(town: Town) -> None:
    town.room.accounts.create("maria.rossi", PASSWORD, roles={Role.OPERATOR})
    assert told(town.come_back(town.counter.stranger(), MARIA)) == "name_taken"
    town.counter.signed_in("maria.rossi")


@pytest.mark.parametrize("name", ["", "due nomi", "x" * 65, "<b>"])
def test_a_name_that_no_account_can_have_is_refused(tmp_path: Path, name: str) -> None:
    person = Person("u-3", name, ("vgz-operators",))
    with town_of(tmp_path, person) as town:
        assert told(town.come_back(town.counter.stranger(), person)) == "bad_name"


def test_an_account_that_was_closed_here_stays_closed(town: Town) -> None:
    town.room.accounts.create("chief", PASSWORD)
    town.sign_in(MARIA)
    town.room.roster.close("maria.rossi", by="chief")
    assert told(town.come_back(town.counter.stranger(), MARIA)) == "closed"


def test_no_password_opens_such_an_account(town: Town) -> None:
    town.sign_in(MARIA)
    for password in ("elsewhere", PASSWORD, ""):
        answer = town.counter.stranger().post("/api/login", json={"name": "maria.rossi", "password": password or "x"})
        assert answer.json()["error"]["code"] == "wrong_credentials"


def test_the_second_factor_of_a_supervisor_is_the_providers(tmp_path: Path) -> None:
    chief = Person("u-4", "chief", ("vgz-supervisors",))
    with town_of(tmp_path, chief) as town:
        assert town.sign_in(chief).get("/api/session").json()["roles"] == ["supervisor"]


def test_an_answer_counts_once_and_for_the_browser_that_was_sent(town: Town) -> None:
    browser, thief = town.counter.stranger(), town.counter.stranger()
    where = town.address_back(browser, MARIA)
    assert told(thief.get(where)) == "stale"
    thief.get("/api/oidc/login")
    assert told(thief.get(where)) == "stale"
    assert told(browser.get(where)) == ""
    assert told(browser.get(where)) == "stale"
    assert town.room.records("session.opened") == ["maria.rossi"]


def test_who_takes_too_long_begins_again(tmp_path: Path) -> None:
    clock = FakeClock()
    with StandInProvider([MARIA], client_id=CLIENT, client_secret=SECRET, clock=SystemClock()) as server:
        provider = LateProvider(server.issuer, SystemClock())
        for room in furnish(tmp_path, provider=provider, clock=clock):
            with counter_of(room) as counter:
                provider.page = counter.url
                town, browser = Town(room, counter, server, provider), counter.stranger()
                where = town.address_back(browser, MARIA)
                clock.advance(PATIENCE_S + 1)
                assert told(browser.get(where)) == "stale"


def test_cancelled_there_is_told_here(town: Town) -> None:
    browser = town.counter.stranger()
    state = httpx.URL(browser.get("/api/oidc/login").headers["location"]).params["state"]
    assert told(browser.get(f"/api/oidc/callback?error=access_denied&state={state}")) == "refused"


@pytest.mark.parametrize("path", ["", "?state=x", "?code=x", "?state=%00&code=%00", "?state=x&code=y&error=z"])
def test_whatever_is_made_up_signs_nobody_in(town: Town, path: str) -> None:
    assert told(town.counter.stranger().get(f"/api/oidc/callback{path}")) == "stale"


def test_a_provider_that_is_away_or_calls_itself_otherwise_is_told(town: Town) -> None:
    town.provider.issuer = "http://127.0.0.1:9/realms/city"
    assert told(town.counter.stranger().get("/api/oidc/login")) == "unreachable"
    town.provider.issuer = f"{town.server.issuer}/"
    assert told(town.counter.stranger().get("/api/oidc/login")) == "invalid"


def test_where_no_provider_is_configured_there_is_no_such_way(tmp_path: Path) -> None:
    for room in furnish(tmp_path):
        with counter_of(room) as counter:
            assert counter.stranger().get("/api/oidc/login").status_code == 404
