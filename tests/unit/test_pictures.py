"""What an alert offers of the pictures, and how CAP says it."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator
from lxml import etree
from sqlalchemy import Engine

from tests.cap_messages import alert, assert_valid, text, writer
from tests.fakes import FakeClock
from tests.samples import BEGAN, break_in, incident_id
from vigilanza.bridge.cap_channel import BODY_MAX_BYTES
from vigilanza.bridge.cloudevents import encode_alert
from vigilanza.bridge.pictures import PICTURES_MAX, LinkedPictures
from vigilanza.bridge.webhook import BODY_MAX_BYTES as WEBHOOK_MAX_BYTES
from vigilanza.domain.alert import EVIDENCE_LIMIT, rfc3339
from vigilanza.domain.decision import Decision, RejectReason
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.evidence import Evidence
from vigilanza.domain.observation import Fact
from vigilanza.domain.picturelink import PictureLink, read_link
from vigilanza.lab.asyncapi import asyncapi
from vigilanza.lab.specimen import specimens
from vigilanza.store.database import open_database
from vigilanza.store.journal import Journal
from vigilanza.store.media import MediaStore
from vigilanza.store.medium import MediaItem
from vigilanza.store.releases import Releases

KEY = b"0123456789abcdef0123456789abcdef"
SPECIMENS = [alert for group in specimens().values() for alert in group]
BASE = "https://pictures.example.org/pictures/"


class House:
    """A confirmed break-in with pictures, and one destination that may have them."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock(BEGAN + 100)
        self.engine: Engine = open_database(f"sqlite:///{folder}/vigilanza.db")
        self.media = MediaStore(root=folder / "media", engine=self.engine, clock=self.clock)
        self.journal = Journal(engine=self.engine, destinations=[], clock=self.clock, site="0423")
        self.journal.record(break_in("a", count=4))
        self.decide(avs=3)
        self.pictures = LinkedPictures(
            destination="room",
            releases=Releases(engine=self.engine, store=self.media),
            public_url="https://pictures.example.org",
            key=KEY,
            seconds=900,
            clock=self.clock,
        )

    def decide(self, **verdict: Any) -> None:
        self.clock.advance(1)
        self.journal.decide(Decision(incident_id("a"), "operator-017", self.clock.now(), **verdict))

    def add(self, start: float, end: float, content: bytes) -> MediaItem:
        still = start == end
        return self.media.add(
            incident=incident_id("a"),
            kind="still" if still else "clip",
            start=BEGAN + start,
            end=BEGAN + end,
            content=content,
            suffix=".jpg" if still else ".mp4",
        )


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_each_is_described_and_its_link_counts_from_the_attempt(house: House) -> None:
    house.add(-15, 3, b"first cut")
    clip, still = house.add(-15, 45, b"whole clip"), house.add(8, 8, b"still")
    told = house.pictures.of(alert())
    assert [(one.kind, one.mime_type, one.size_bytes) for one in told] == [
        ("clip", "video/mp4", 10),
        ("still", "image/jpeg", 5),
    ]
    assert told[0].sha1 == hashlib.sha1(b"whole clip").hexdigest()
    assert told[0].sha256 == clip.sha256
    until = int(house.clock.now()) + 900
    assert [read_link(one.uri.removeprefix(BASE), KEY) for one in told] == [
        PictureLink(clip.id, "room", until),
        PictureLink(still.id, "room", until),
    ]
    house.clock.advance(86_400)  # the destination was down for a day
    again = house.pictures.of(alert())
    assert [one.expires_at - until for one in again] == [86_400, 86_400]


def test_an_attempt_that_is_made_again_does_not_read_the_pictures_again(house: House) -> None:
    clip = house.add(-15, 45, b"whole clip")
    [told] = house.pictures.of(alert())
    # Files never change: this one does only so that it is seen whether it is read.
    house.media.path(clip.id).write_bytes(b"other clip")
    [again] = house.pictures.of(alert())
    assert again.sha1 == told.sha1
    house.add(-15, 60, b"longer clip")
    [longer] = house.pictures.of(alert())
    assert longer.sha1 == hashlib.sha1(b"longer clip").hexdigest()


def test_only_a_confirmed_incident_has_any(house: House) -> None:
    house.add(8, 8, b"still")
    assert house.pictures.of(alert(status="unconfirmed")) == ()
    assert house.pictures.of(alert("rejected", status="rejected")) == ()
    assert len(house.pictures.of(alert())) == 1
    house.decide(reason=RejectReason.RESIDENT)
    assert house.pictures.of(alert()) == ()  # it was confirmed when the alert was made


def test_what_is_gone_is_not_offered_and_the_alert_goes_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    gone, there = house.add(8, 8, b"gone"), house.add(9, 9, b"there")
    house.media.path(gone.id).unlink()
    assert [one.sha256 for one in house.pictures.of(alert())] == [there.sha256]

    def away(*_: object) -> None:
        raise JournalUnavailable("database: away")

    monkeypatch.setattr(Releases, "of_incident", away)
    assert house.pictures.of(alert()) == ()


def test_cap_names_them_as_resources_in_both_languages(house: House) -> None:
    house.add(-15, 45, b"whole clip")
    house.add(8, 8, b"still")
    pictures = house.pictures.of(alert())
    message = writer().write(alert(), pictures)
    assert_valid(message)
    assert text(message, "info/resource/resourceDesc") == [
        "Filmato 2026-11-18T12:06:25+01:00",
        "Fermo immagine 2026-11-18T12:06:48+01:00",
        "Clip 2026-11-18T12:06:25+01:00",
        "Still picture 2026-11-18T12:06:48+01:00",
    ]
    assert text(message, "info/resource/mimeType") == ["video/mp4", "image/jpeg"] * 2
    assert text(message, "info/resource/size") == ["10", "5"] * 2
    assert text(message, "info/resource/uri") == [one.uri for one in pictures] * 2
    assert text(message, "info/resource/digest") == [one.sha1 for one in pictures] * 2
    assert text(writer().write(alert()), "info/resource/uri") == []


def test_a_long_incident_offers_its_newest_pictures_and_stays_small_enough(house: House) -> None:
    for number in range(PICTURES_MAX + 4):
        house.add(number, number, bytes([number]))
    pictures = house.pictures.of(alert())
    assert [one.start - BEGAN for one in pictures] == [*range(4, PICTURES_MAX + 4)]
    message = writer().write(alert(), pictures)
    assert_valid(message)
    assert len(etree.tostring(message)) < BODY_MAX_BYTES / 2


def test_a_webhook_is_told_of_them_as_its_description_says(house: House) -> None:
    clip = house.add(-15, 45, b"whole clip")
    [picture] = house.pictures.of(alert())
    document = asyncapi()
    for verb in ("incident.confirmed", "detection.updated"):
        [told, *_] = (one for one in SPECIMENS if one.type.endswith(f"{verb}.v1") and one.data["status"] == "confirmed")
        event = json.loads(encode_alert(told, site="0423", pictures=[picture]))
        assert event["data"].pop("pictures") == [
            {
                "kind": "clip",
                "at": rfc3339(clip.start),
                "until": rfc3339(clip.end),
                "mime_type": "video/mp4",
                "size": 10,
                "sha256": clip.sha256,
                "uri": picture.uri,
                "expires": rfc3339(picture.expires_at),
            }
        ]
        assert event == json.loads(encode_alert(told, site="0423"))
        event = json.loads(encode_alert(told, site="0423", pictures=[picture]))
        check = Draft202012Validator({"$ref": f"#/components/messages/{verb}.webhook/payload", **document})
        check.validate(event)
        del event["data"]["pictures"][0]["uri"]
        assert not check.is_valid(event)


def test_the_fullest_alert_with_the_longest_links_is_small_enough_for_a_webhook(house: House) -> None:
    seen = Evidence(Fact.LEAF_PARTLY_CHANGED, BEGAN, 99.9, 0.9999, 9)
    evidence = [seen.to_json() | {"at": rfc3339(BEGAN), "words": {"it": seen.say("it"), "en": seen.say("en")}}]
    full = alert(evidence=evidence * EVIDENCE_LIMIT)
    house.add(8, 8, b"still")
    [picture] = house.pictures.of(full)
    longest = replace(picture, uri=f"https://{'x' * 192}/pictures/{PictureLink(UUID(int=0), 'x' * 64, 0).token(KEY)}")
    body = encode_alert(full, site="0423", pictures=[longest] * PICTURES_MAX)
    assert len(body) < WEBHOOK_MAX_BYTES
