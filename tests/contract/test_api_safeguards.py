"""/api/safeguards: what the file says beyond what was approved waits for two persons."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.api_client import Counter
from tests.e2e.seed import PASSWORD, Room, furnish
from tests.fakes import FakeClock
from tests.unit.test_safeguards import CITY, OLD
from vigilanza.domain.role import Role
from vigilanza.domain.safeguards import Safeguards

PATH = "/api/safeguards"
LOOSE = replace(OLD, retention_hours=72, destinations={"city": CITY, "vms": {**CITY, "id": "vms"}})
WHY = {"reason": "furti ripetuti"}


class File:
    """What the configuration says at the moment."""

    def __init__(self) -> None:
        self.says = OLD

    def __call__(self) -> Safeguards:
        return self.says


@pytest.fixture
def file() -> File:
    return File()


@pytest.fixture
def room(tmp_path: Path, file: File, clock: FakeClock) -> Iterator[Room]:
    for room in furnish(tmp_path, clock=clock, wanted=file):
        room.safeguards.settle(OLD)
        yield room


@pytest.fixture
def technician(room: Room, counter: Counter) -> httpx.Client:
    room.accounts.create("tino", PASSWORD, roles={Role.TECHNICIAN})
    return counter.signed_in("tino")


@pytest.fixture
def officer(room: Room, counter: Counter) -> httpx.Client:
    room.accounts.create("dora", PASSWORD, roles={Role.DPO})
    return counter.signed_in("dora")


def refused(answer: httpx.Response) -> tuple[int, str, str | None]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("field")


def standing(client: httpx.Client) -> dict[str, Any]:
    return dict(client.get(PATH).json())


def test_nothing_waits_while_the_file_protects_as_approved(technician: httpx.Client) -> None:
    told = standing(technician)
    assert (told["pending"], told["asked"]) == ([], None)


def test_a_technician_asks_and_the_data_protection_officer_approves(
    technician: httpx.Client, officer: httpx.Client, file: File, room: Room, clock: FakeClock
) -> None:
    file.says = LOOSE
    told = standing(officer)
    assert told["pending"] == [
        {"kind": "retention", "subject": "", "item": "", "was": "24 h", "becomes": "72 h"},
        {
            "kind": "destination_new",
            "subject": "vms",
            "item": "",
            "was": "",
            "becomes": "kind=municipal_vms, channel=webhook, url=https://city",
        },
    ]
    seen = {"hash": told["hash"]}
    assert refused(officer.post(f"{PATH}/approve", json=seen)) == (422, "safeguard_refused", "hash")
    asked = technician.post(f"{PATH}/ask", json=seen | WHY).json()["asked"]
    assert asked == {"by": "tino", "at": clock.now(), "reason": WHY["reason"], "lapses_at": clock.now() + 86400.0}
    assert standing(officer)["asked"] == asked
    assert room.safeguards.settle(LOOSE) == OLD
    answer = officer.post(f"{PATH}/approve", json=seen)
    assert (answer.status_code, answer.json()["pending"]) == (200, [])
    assert room.safeguards.settle(LOOSE) == LOOSE
    [record] = [one for one in room.audit.latest(50) if one.action == "safeguards.approved"]
    assert (record.who, json.loads(record.detail)["asked_by"]) == ("dora", "tino")


def test_nobody_approves_what_he_or_she_asked(counter: Counter, file: File) -> None:
    supervisor = counter.operator()
    file.says = LOOSE
    seen = {"hash": standing(supervisor)["hash"]}
    assert supervisor.post(f"{PATH}/ask", json=seen | WHY).status_code == 200
    assert refused(supervisor.post(f"{PATH}/approve", json=seen)) == (422, "safeguard_refused", "by")
    assert counter.colleague().post(f"{PATH}/approve", json=seen).status_code == 200


def test_a_file_that_changed_meanwhile_is_not_approved_unseen(
    technician: httpx.Client, officer: httpx.Client, file: File
) -> None:
    file.says = LOOSE
    seen = {"hash": standing(technician)["hash"]}
    technician.post(f"{PATH}/ask", json=seen | WHY)
    file.says = replace(LOOSE, interiors_shown=True)
    assert refused(officer.post(f"{PATH}/approve", json=seen)) == (422, "safeguard_refused", "hash")
    assert refused(technician.post(f"{PATH}/ask", json=seen | WHY)) == (422, "safeguard_refused", "hash")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"hash": "x"},
        {"hash": "0" * 64},
        {"hash": "0" * 64, "reason": "\u0007 because"},
        {"hash": "0" * 64, "more": 1},
    ],
)
def test_a_body_that_makes_no_sense_is_refused(technician: httpx.Client, body: dict[str, Any]) -> None:
    assert technician.post(f"{PATH}/ask", json=body).status_code == 422
