"""Cameras are asked one at a time, not too often, and for nobody who has gone."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.commands import wait_until
from tests.contract.api_client import Counter, counter_of
from tests.e2e.seed import OPERATOR, PASSWORD, Room, furnish
from tests.fakes import FakeClock
from vigilanza.domain.role import Role
from vigilanza.web.errand import PER_MINUTE
from vigilanza.web.find import NoScout, Note, Question

SEARCH, PROBE = "/api/setup/search", "/api/setup/probe"


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


class Patient(NoScout):
    """Asks for as long as anybody waits."""

    def __init__(self) -> None:
        self.asked, self.given_up = threading.Event(), threading.Event()

    def probe(self, question: Question, *, before: Note, stop: threading.Event) -> dict[str, Any]:
        self.asked.set()
        if stop.wait(600.0):
            self.given_up.set()
        return {}


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[tuple[Patient, httpx.Client, Counter]]:
    scout = Patient()
    for room in furnish(tmp_path, scout=scout):
        room.accounts.create(OPERATOR, PASSWORD, roles={Role.TECHNICIAN})
        with counter_of(room) as counter:
            yield scout, counter.signed_in(OPERATOR), counter


def test_one_camera_is_asked_at_a_time_and_none_that_nobody_waits_for(
    patient: tuple[Patient, httpx.Client, Counter],
) -> None:
    scout, technician, counter = patient
    impatient = counter.signed_in(OPERATOR)
    with ThreadPoolExecutor(1) as thread:
        gone = thread.submit(impatient.post, PROBE, json={"address": "x"}, timeout=5.0)
        assert scout.asked.wait(60.0)
        answer = technician.post(PROBE, json={"address": "x"})
        assert refusal(answer) == (429, "errand_under_way")
        assert answer.headers["retry-after"] == "5"
        assert technician.get("/healthz").status_code in (200, 503), "the others are served meanwhile"
        with pytest.raises(httpx.ReadTimeout):
            gone.result(timeout=60.0)
    assert scout.given_up.wait(60.0)
    wait_until(
        "the next one is asked", lambda: technician.post(SEARCH, json={}).json()["error"]["code"] != "errand_under_way"
    )


def test_a_server_that_ends_waits_for_no_camera(tmp_path: Path) -> None:
    scout = Patient()
    for room in furnish(tmp_path, scout=scout):
        room.accounts.create(OPERATOR, PASSWORD, roles={Role.TECHNICIAN})
        with ThreadPoolExecutor(1) as thread, counter_of(room) as counter:
            answer = thread.submit(counter.signed_in(OPERATOR).post, PROBE, json={"address": "x"})
            assert scout.asked.wait(60.0)
            room.app.state.stop.set()
            assert scout.given_up.wait(60.0)
            assert answer.result(timeout=60.0).status_code == 200


def test_who_asks_too_often_waits(room: Room, counter: Counter, clock: FakeClock) -> None:
    room.accounts.create(OPERATOR, PASSWORD, roles={Role.TECHNICIAN})
    technician = counter.signed_in(OPERATOR)
    for _ in range(PER_MINUTE):
        assert refusal(technician.post(PROBE, json={"address": "x"})) == (422, "out_of_reach")
    assert refusal(technician.post(PROBE, json={"address": "x"})) == (429, "errand_too_often")
    clock.advance(60.0)
    assert refusal(technician.post(PROBE, json={"address": "x"})) == (422, "out_of_reach")
