"""The AsyncAPI document says what is sent: it is current, complete, and what is sent fits it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from tests.house.tree import ROOT
from tests.samples import VMS, break_in
from vigilanza.__main__ import app
from vigilanza.bridge import onvif_topic, onvif_words
from vigilanza.bridge.mqtt import Mode, message_of
from vigilanza.bridge.onvif_mqtt import payload_of, topic_of
from vigilanza.domain.alert import alerts_for_event
from vigilanza.domain.delivery import Alert
from vigilanza.domain.premises import Premises
from vigilanza.lab.alert_schema import KEYS
from vigilanza.lab.asyncapi import asyncapi, asyncapi_text
from vigilanza.lab.specimen import specimens

TOPICS = {topic for topic in onvif_words.TOPICS if topic != onvif_words.BEGIN}
"""What is told at a broker too."""
FILE = ROOT / "docs" / "asyncapi.yaml"
DOCUMENT: dict[str, Any] = asyncapi()
SPECIMENS = [alert for group in specimens().values() for alert in group]
PREMISES = Premises("0423", "via Esempio 4")


def validator(pointer: str) -> Draft202012Validator:
    """For what stands at `pointer`; references lead into the document."""
    return Draft202012Validator({"$ref": f"#/{pointer}", **DOCUMENT})


def walk(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inside in value.items():
            yield key, inside
            yield from walk(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from walk(inside)


def verb(alert: Alert) -> str:
    return alert.type.removeprefix("it.aler.vigilanza.").removesuffix(".v1")


def test_the_file_is_current() -> None:
    assert FILE.read_text("utf-8") == asyncapi_text(), "run: vigilanza bridge asyncapi --out docs/asyncapi.yaml"
    assert yaml.safe_load(FILE.read_text("utf-8")) == DOCUMENT


def test_the_command_prints_it_or_writes_it(tmp_path: Any) -> None:
    assert CliRunner().invoke(app, ["bridge", "asyncapi"]).stdout == asyncapi_text()
    written = tmp_path / "asyncapi.yaml"
    assert CliRunner().invoke(app, ["bridge", "asyncapi", "--out", str(written)]).exit_code == 0
    assert written.read_text("utf-8") == asyncapi_text()


def test_every_type_of_alert_is_in_it() -> None:
    source = (ROOT / "src" / "vigilanza" / "domain" / "alert.py").read_text("utf-8")
    types = set(re.findall(r'"((?:detection|camera|incident)\.\w+)"', source)) | {"bridge.test", "incident.updated"}
    assert {verb(alert) for alert in SPECIMENS} == types
    assert {name.removeprefix("mqtt.") for name in DOCUMENT["channels"] if name.startswith("mqtt.")} == {
        *types,
        "status",
        "health",
    }
    assert set(DOCUMENT["channels"]["webhook"]["messages"]) == types


def test_every_key_is_described_and_no_other() -> None:
    assert {key for alert in SPECIMENS for key in alert.data} == set(KEYS)
    assert all(KEYS[key].get("description") for key in KEYS)


def test_every_topic_of_onvif_is_in_it() -> None:
    addresses = [one["address"] for name, one in DOCUMENT["channels"].items() if name.startswith("onvif.")]
    assert len(addresses) == len(TOPICS)
    assert {"tns1:" + address.split("/&")[0].removeprefix("{prefix}/onvif-ej/") for address in addresses} == TOPICS


def test_every_reference_leads_somewhere_and_every_parameter_is_explained() -> None:
    for key, value in walk(DOCUMENT):
        if key == "$ref":
            found: Any = DOCUMENT
            for step in value.removeprefix("#/").split("/"):
                found = found[step]
    for channel in DOCUMENT["channels"].values():
        assert set(re.findall(r"\{([\w-]+)\}", channel["address"] or "")) == set(channel.get("parameters", {}))


@pytest.mark.parametrize("mode", Mode)
def test_what_is_sent_fits(mode: Mode) -> None:
    real = [
        alert
        for event in break_in("a")
        for alert in alerts_for_event(
            event,
            destinations=[VMS],
            confirmed_avs=None,
            first_at=event.at,
            first_entry_at=None,
            site="0423",
            told=set(),
            next_sequence=lambda _: 7,
        )
    ]
    for alert in [*SPECIMENS, *real]:
        message = message_of(alert, site="0423", mode=mode, needs_subscriber=True)
        name = f"components/messages/{verb(alert)}.{mode}"
        payload = yaml.safe_load(message.payload)
        validator(f"{name}/payload").validate(payload)
        if mode is Mode.BINARY:
            validator(f"{name}/headers").validate(dict(message.attributes))
        assert DOCUMENT["channels"][f"mqtt.{verb(alert)}"]["address"].replace("{site}", "0423") == message.topic


def test_what_is_not_sent_does_not_fit() -> None:
    for alert in SPECIMENS:
        check = validator(f"components/schemas/{verb(alert)}")
        for key in ("site", "incident", "status", "at"):
            assert not check.is_valid({name: value for name, value in alert.data.items() if name != key})
        assert not check.is_valid(alert.data | {"status": "perhaps"})


def test_what_is_sent_in_onvifs_words_fits() -> None:
    channels = {name: one for name, one in DOCUMENT["channels"].items() if name.startswith("onvif.")}
    for alert in SPECIMENS:
        for event in onvif_topic.onvif_events(alert.type, alert.data, PREMISES):
            topic = topic_of(event, "VGZ-0423")
            [name] = [
                name
                for name, one in channels.items()
                if re.fullmatch("[^/]+".join(map(re.escape, re.split(r"\{[\w-]+\}", one["address"]))), topic)
            ]
            message = "state" if event.operation is not None else "told"
            if payload := payload_of(event):
                validator(f"channels/{name}/messages/{message}/payload").validate(yaml.safe_load(payload))
            else:
                assert "deleted" in channels[name]["messages"]


def test_the_onvif_message_that_is_shown_to_integrators_is_real() -> None:
    text = (ROOT / "docs" / "integrator.md").read_text("utf-8")
    shown = re.search(r"```\n(VGZ-\S+)\n(\{.*\})\n```", text)
    assert shown is not None
    alert = next(alert for alert in SPECIMENS if verb(alert) == "detection.updated")
    event = onvif_topic.onvif_events(alert.type, alert.data, PREMISES)[0]
    assert shown.groups() == (topic_of(event, "VGZ-0423"), payload_of(event).decode())


def test_integrators_are_told_every_topic_of_onvif() -> None:
    text = (ROOT / "docs" / "integrator.md").read_text("utf-8")
    assert not [topic for topic in TOPICS if f"`{topic.removeprefix('tns1:')}`" not in text]
