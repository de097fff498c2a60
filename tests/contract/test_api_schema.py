"""Whatever the API's own description allows, and whatever it forbids: no error of the server, and no word too many.

VIGILANZA_API_EXAMPLES=200 asks more of each operation.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.result import Ok

from tests.contract.api_client import Counter, counter_of
from tests.drawn_site import DrawnSite, site
from tests.e2e.seed import PASSWORD, VMS, Room, Scene, add_pictures, forced_entry, furnish
from vigilanza.app.apidescription import empty_app
from vigilanza.app.safeguards import written
from vigilanza.clock import SystemClock
from vigilanza.config import load
from vigilanza.domain.role import Role
from vigilanza.web.auth import PROOF_HEADER

EXAMPLES = int(os.environ.get("VIGILANZA_API_EXAMPLES", "5"))
ONE_AND_ALL, HEAD = "g.verdi", {PROOF_HEADER: "1"}
AWAY = {"no_pictures", "not_watched", "not_playable"}
"""Codes of 503 where no camera runs."""
INNER = ("Traceback", "sqlalchemy", "site-packages", "vigilanza.db")
HOSTILE = [
    b"[" * 100_000,
    b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    b"\xff\xfe",
    b'"\\ud800"',
    b'{"why": "a\\ud800b", "reason": "a\\ud800b", "text": "\\ud800", "name": "\\ud800", "hash": "\\ud800"}',
    b'{"until": 1e400, "authority": "\\ud800", "protocol": "x", "recipient": "\\ud800", "reason": "\\u0000"}',
    b"9" * 5000,
    b"NaN",
]


def _can(operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode) -> bool:
    """Of texts in a path none is wrong."""
    return mode is GenerationMode.POSITIVE or bool(operation.body or operation.query)


with empty_app(clock=SystemClock()) as app:
    SCHEMA = schemathesis.openapi.from_dict(app.openapi())
OPERATIONS = {
    f"{one.method.upper()} {one.path}": one
    for one in (found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok))
}
MODES = [(name, mode) for name, one in OPERATIONS.items() for mode in GenerationMode if _can(one, mode)]


class Caller:
    """Somebody with every role, who knows what is there; `ids` by the names of path parameters."""

    def __init__(self, room: Room, counter: Counter, folder: Path) -> None:
        room.accounts.create(ONE_AND_ALL, PASSWORD, roles=set(Role) - {Role.INTEGRATOR})
        self._url, self._folder = counter.url, str(folder)
        self._session = requests.Session()
        self._session.trust_env = False
        self._sign_in()
        self.ids = _known(room, self)
        self._turn = 0

    def ask(self, method: str, path: str, **sent: Any) -> requests.Response:
        """Of a path, or of a whole URL; signed in anew where the last question ended the session."""
        url = path if path.startswith("http") else self._url + path
        answer = self._session.request(method, url, timeout=20, **{"headers": HEAD, **sent})
        if answer.status_code == 401:
            self._sign_in()
        return answer

    def ask_case(self, case: Case[Any]) -> None:
        """Mostly about what is there. What cannot be written into a request at all is left out."""
        self._turn += 1
        if self._turn % 3:
            case.path_parameters = {key: self.ids.get(key, value) for key, value in case.path_parameters.items()}
        try:
            sent = case.as_transport_kwargs(base_url=self._url, headers=HEAD)
            answer = self.ask(sent.pop("method"), sent.pop("url"), **{k: v for k, v in sent.items() if k != "timeout"})
        except (requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL, UnicodeError):
            return
        self.judge(answer)

    def judge(self, answer: requests.Response) -> None:
        """No error of ours; a refusal in the one form, without anything from inside."""
        if answer.status_code < 400:
            return
        said = answer.json()["error"]
        assert answer.status_code < 500 or said["code"] in AWAY, (answer.status_code, answer.text[:500])
        assert not [word for word in (*INNER, self._folder) if word in answer.text], answer.text[:500]

    def _sign_in(self) -> None:
        login = {"name": ONE_AND_ALL, "password": PASSWORD}
        opened = self._session.post(f"{self._url}/api/login", json=login, headers=HEAD, timeout=20)
        assert opened.status_code == 200, opened.text


def _known(room: Room, caller: Caller) -> dict[str, Any]:
    scene, now = Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 60), room.clock.now()
    room.journal.record(forced_entry(scene))
    add_pictures(room, scene, seconds=0.5)
    delivery = room.outbox.claim(VMS, room.clock.now())
    assert delivery is not None
    room.outbox.refuse(delivery, "HTTP 422", now=now)
    about = f"/api/incidents/{scene.incident}"
    order = {"authority": "Procura", "protocol": "12/26", "until": now + 3600}
    return {
        "incident_id": str(scene.incident),
        "alert_id": str(delivery.alert.id),
        "media_id": str(room.media.for_incident(scene.incident)[0].id),
        "hold_id": caller.ask("POST", f"{about}/holds", json=order).json()["id"],
        "export_id": caller.ask("POST", f"{about}/evidence", json={"recipient": "P", "reason": "1"}).json()["id"],
        "note_id": caller.ask("POST", "/api/handover", json={"text": "x"}).json()["id"],
        "camera_id": "landing",
    }


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    folder = tmp_path_factory.mktemp("schema")
    drawn: DrawnSite = site(folder)
    config = load(drawn.path, environ={})
    for room in furnish(folder, board=drawn.board, wanted=written(config, environ={})):
        room.safeguards.settle(config.safeguards)
        drawn.path.write_text(drawn.path.read_text("utf-8").replace("role: sealed ", "role: other "), "utf-8")
        with counter_of(room) as counter:
            yield Caller(room, counter, folder)


@pytest.mark.parametrize(("operation", "mode"), MODES)
def test_what_is_allowed_and_what_is_not_gets_an_answer(caller: Caller, operation: str, mode: GenerationMode) -> None:
    @seed(5)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=OPERATIONS[operation].as_strategy(generation_mode=mode))
    def ask(case: Case[Any]) -> None:
        caller.ask_case(case)

    ask()


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if not name.startswith("GET")])
def test_a_body_that_is_meant_to_harm_gets_an_answer(caller: Caller, operation: str) -> None:
    method, path = operation.split(" ")
    for key, value in caller.ids.items():
        path = path.replace(f"{{{key}}}", str(value))
    for body in HOSTILE:
        caller.judge(caller.ask(method, path, data=body, headers=HEAD | {"Content-Type": "application/json"}))
