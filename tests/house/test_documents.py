"""The documents say what the code does."""

import ast
import json
import re
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import yaml

from tests.house.tree import ROOT, text_files
from vigilanza.bridge.cloudevents import encode_alert
from vigilanza.bridge.https import DEADLINE_SECONDS
from vigilanza.bridge.lookout import ESCALATE_AFTER_SECONDS
from vigilanza.bridge.pace import EVERY_SECONDS, SCHEDULE
from vigilanza.domain.alert import alerts_for_event
from vigilanza.domain.decision import RejectReason
from vigilanza.domain.delivery import Destination, DestinationKind
from vigilanza.domain.events import Event, EventKind, Phase, Severity
from vigilanza.domain.evidence import Evidence
from vigilanza.domain.language import Language
from vigilanza.domain.sentence import by_the_clock, sentences
from vigilanza.lab.faults import Faults
from vigilanza.lab.metrics import FIGURES
from vigilanza.lab.perturb import PERTURBATIONS
from vigilanza.lab.scoring import IN_TIME_S, MERGE_S, SAME_S

INTEGRATOR = (ROOT / "docs" / "integrator.md").read_text("utf-8")
EVALUATION = (ROOT / "docs" / "design" / "evaluation.md").read_text("utf-8")
INVARIANTS = (ROOT / "docs" / "design" / "invariants.md").read_text("utf-8")
DETECTION = (ROOT / "docs" / "design" / "detection.md").read_text("utf-8")
FAULTS = (ROOT / "docs" / "design" / "capture-faults.md").read_text("utf-8")
SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
"""With the id, time and body below: the signature that the standard's own library gives."""
SIGNATURE = "v1,ze6iPQ62C3yWdvWXLyQL8UBx4Yu7DvGu+53RnrJqmG0="
BODY = b'{"specversion":"1.0","id":"7F3A.0"}'


def test_every_public_name_is_told() -> None:
    told = set(re.findall(r"^\| `(\w+)` \|", INTEGRATOR, re.MULTILINE))
    assert told == {*EventKind, *DestinationKind}
    for word in (*Severity, *Phase):
        assert f"`{word}`" in INTEGRATOR


def test_alert_types_are_told() -> None:
    source = (ROOT / "src" / "vigilanza" / "domain" / "alert.py").read_text("utf-8")
    types = set(re.findall(r'"((?:detection|camera|incident)\.\w+)"', source))
    assert types
    assert not [name for name in types if f"`{name}`" not in INTEGRATOR]


def test_the_schedule_is_told() -> None:
    waits = ", ".join(f"{seconds:g}" for seconds in SCHEDULE)
    assert f"after {waits} s, then every {EVERY_SECONDS:g} s" in INTEGRATOR
    assert f"After {ESCALATE_AFTER_SECONDS:g} s without a receipt" in INTEGRATOR
    assert f"may take {DEADLINE_SECONDS:g} s" in INTEGRATOR


def test_the_verification_that_is_shown_works() -> None:
    shown = re.search(r"```python\n(.*?)```", INTEGRATOR, re.DOTALL)
    assert shown is not None
    names: dict[str, Any] = {}
    exec(shown[1], names)
    headers = {"webhook-id": "evt_7F3A-0", "webhook-timestamp": "1795313647", "webhook-signature": f"v1,no {SIGNATURE}"}
    genuine = names["is_genuine"]
    assert genuine(headers, BODY, SECRET, 1795313700.0)
    assert not genuine(headers, BODY + b" ", SECRET, 1795313700.0)
    assert not genuine(headers, BODY, SECRET, 1795313647.0 + 301)


def test_the_alert_that_is_shown_says_what_its_evidence_says() -> None:
    shown = re.search(r"```json\n(\{.*?\n\})\n```", INTEGRATOR, re.DOTALL)
    assert shown is not None
    data = json.loads(shown[1])["data"]

    def seconds(text: str) -> float:
        return datetime.fromisoformat(text).timestamp()

    evidence = [Evidence.from_json(item | {"at": seconds(item["at"])}) for item in data["evidence"]]
    assert [item["words"] for item in data["evidence"]] == [
        {language: item.say(language) for language in get_args(Language)} for item in evidence
    ]
    event = Event(
        id=UUID(data["event"]),
        incident=UUID(data["incident"]),
        sequence=1,
        kind=EventKind(data["kind"]),
        severity=Severity(data["severity"]),
        phase=Phase(data["phase"]),
        camera=data["camera"],
        door=data["unit"],
        at=seconds(data["at"]),
        evidence=tuple(evidence),
    )
    assert data["sentence"] == sentences(event, by_the_clock(ZoneInfo("Europe/Rome")))
    [alert] = alerts_for_event(
        event,
        destinations=[Destination("comune", DestinationKind.MUNICIPAL_VMS)],
        confirmed_avs=None,
        first_at=seconds(data["first_detection"]),
        first_entry_at=None,
        site=data["site"],
        told={"comune"},
        next_sequence=lambda _: event.sequence,
        zone=ZoneInfo("Europe/Rome"),
    )
    assert json.loads(shown[1]) == json.loads(encode_alert(alert, site=data["site"]))


@pytest.mark.parametrize("language", get_args(Language))
def test_operators_learn_each_score_and_each_reason(language: str) -> None:
    text = (ROOT / "docs" / f"operator.{language}.md").read_text("utf-8")
    assert all(f"AVS {score}" in text for score in (1, 2, 3, 4))
    verb = {"en": "reject", "it": "respingere"}[language]
    reasons = re.search(rf"^\| (.+) \| {verb}, .*\|$", text, re.MULTILINE)
    assert reasons is not None
    assert len(reasons[1].split(", ")) == len(RejectReason) - 1, "all but OTHER"


def test_every_figure_and_perturbation_of_an_evaluation_is_told() -> None:
    told = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", EVALUATION, re.MULTILINE)
    names = {name for cell in told for name in re.findall(r"\w+", cell)}
    assert not {*FIGURES, *PERTURBATIONS} - names
    for seconds in (IN_TIME_S, SAME_S, MERGE_S):
        assert f"**{seconds:g} s**" in EVALUATION


def test_ten_promises_name_places_that_exist() -> None:
    rows = re.findall(r"^\| (\d+) \| .+? \| (.+?) \| .*\|$", INVARIANTS, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 11))
    places = [place for _, cell in rows for place in re.findall(r"`([^`]+)`", cell)]
    assert not [place for place in places if not (ROOT / "src" / "vigilanza" / place).exists()]


def test_every_promise_has_a_proof() -> None:
    rows = [line for line in INVARIANTS.splitlines() if re.match(r"\| \d+ \|", line)]
    assert len(rows) == 10
    assert not [row[:60] for row in rows if "`tests/" not in row]


def test_every_rule_of_detection_has_a_proof() -> None:
    rules = re.findall(r"^(\d+)\. ", DETECTION, re.MULTILINE)
    proven = re.findall(r"^\| (\d+) \| (?:`tests/\S+::\w+`(?:, )?)+ \|$", DETECTION, re.MULTILINE)
    assert rules == proven == [str(number) for number in range(1, len(rules) + 1)]


def test_every_fault_of_a_camera_has_a_proof_and_every_switch_of_the_simulator_is_told() -> None:
    rows = [line.split(" | ") for line in FAULTS.splitlines() if re.match(r"\| (?!fault |---)", line)]
    assert rows
    assert not [row[0] for row in rows if len(row) != 6 or not re.fullmatch(r"(`tests/\S+`(, )?)+ \|", row[-1])]
    told = set(re.findall(r"`(\w+)", " ".join(row[1] for row in rows)))
    assert not {field.name for field in fields(Faults)} - {"no_rtcp"} - told


PROVEN = [ROOT / "docs" / "threat-model.md", *sorted((ROOT / "docs" / "design").glob("*.md"))]


@pytest.mark.parametrize("page", PROVEN, ids=lambda page: page.stem)
def test_tests_that_prove_promises_exist(page: Path) -> None:
    assert not [
        f"{file}::{name}"
        for file, name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page.read_text("utf-8"))
        if not (ROOT / file).exists() or f"def {name}(" not in (ROOT / file).read_text("utf-8")
    ]


@pytest.mark.parametrize("path", sorted((ROOT / "benchmarks").glob("*.py")), ids=lambda path: path.stem)
def test_benchmarks_take_the_options_that_they_name(path: Path) -> None:
    text = path.read_text("utf-8")
    named = set(re.findall(r"--[a-z][a-z-]*", ast.get_docstring(ast.parse(text)) or ""))
    assert not named - set(re.findall(r'add_argument\(\s*"(--[a-z-]+)"', text))


def test_commands_in_documents_exist() -> None:
    commands = set(re.findall(r'^@commands\.command\((?:"(\w+)")?.*?\)\ndef (\w+)', _command_line(), re.MULTILINE))
    groups = set(re.findall(r'^app\.add_typer\([\w.]+, name="(\w+)"\)', _command_line(), re.MULTILINE))
    known = {name or function.rstrip("_") for name, function in commands} | groups
    used = {
        word
        for path in text_files()
        if path.suffix == ".md"
        for word in re.findall(r"^vigilanza (\w+)|`vigilanza (\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    ours = [one for one in compose["services"].values() if one["image"].startswith("vigilanza:")]
    composed = {service["command"][0] for service in ours if "entrypoint" not in service}
    assert not ({first or second for first, second in used} | composed) - known


def _command_line() -> str:
    source = ROOT / "src" / "vigilanza"
    return "\n".join(
        path.read_text("utf-8") for path in (source / "__main__.py", *sorted((source / "cli").glob("*.py")))
    )
