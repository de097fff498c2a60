"""Alarms to a centre that others wrote (pysiaalarm), over real sockets: TCP and UDP, clear and encrypted."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal

import pytest
from sqlalchemy import Engine

from tests.dc09 import ACCOUNT, CONFIRMED, KEY, PREMISES, RAISED, alert, channel, peer, receiver
from tests.samples import BEGAN, ROOM, incident_id
from vigilanza.bridge.dc09_frame import Token
from vigilanza.bridge.transcript import Transcript
from vigilanza.clock import SystemClock
from vigilanza.domain.alert import alert_for_test
from vigilanza.domain.errors import ChannelUnavailable

Transport = Literal["tcp", "udp"]


class Slow(SystemClock):
    """Five minutes behind."""

    def now(self) -> float:
        return super().now() - 300.0


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("key", [None, KEY, KEY + b"01234567", KEY * 2], ids=["clear", "128", "192", "256"])
def test_an_alarm_is_acknowledged_once_both_its_messages_are(
    sqlite: Engine, transport: Transport, key: bytes | None
) -> None:
    transcript = Transcript()
    with peer(key=key, transport=transport) as centre:
        where = receiver(centre.port, transport=transport, key=key)
        receipt = channel(sqlite, where).send(CONFIRMED, transcript)
        assert receipt.reference == f"ACK 0001 0002 from arc.example.org:{centre.port}"
        assert centre.told(2) == [("BA", "12^0423.B.03.12^", 1), ("BV", "1^0423.B.03.12^", 2)]
        [alarm, _] = centre.events(2)
        assert [(one.identifier, one.value) for one in alarm.extended_data or []] == [
            ("H", "11:06:40,11-18-2026"),
            ("L", "Milano, via Esempio 4, scala B, piano 3, interno 12"),
        ]
        assert isinstance(alarm.timestamp, datetime)
        assert abs(alarm.timestamp.timestamp() - SystemClock().now()) < 30
        assert (alarm.account, alarm.encrypted) == (ACCOUNT, key is not None)
        assert centre.client.counts.events == centre.client.counts.valid_events == 2
    exchange = transcript.exchange(1.0)
    assert exchange.sent_bytes > 150
    assert "ACK" in exchange.heard


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("key", [None, KEY], ids=["clear", "encrypted"])
def test_contact_id(sqlite: Engine, transport: Transport, key: bytes | None) -> None:
    # pysiaalarm reads at most one extended field of ADM-CID.
    with peer(key=key, transport=transport) as centre:
        where = receiver(centre.port, transport=transport, key=key)
        channel(sqlite, where, token=Token.CONTACT_ID, where=False).send(CONFIRMED, Transcript())
        assert [(one.event_type, one.event_qualifier, one.partition, one.ri) for one in centre.events(2)] == [
            ("130", "1", "01", "012"),
            ("139", "1", "01", "012"),
        ]
        assert [one.code for one in centre.events(2)] == ["BA", "BA"]


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("key", [None, KEY], ids=["clear", "encrypted"])
def test_a_probe_is_a_null_message(sqlite: Engine, transport: Transport, key: bytes | None) -> None:
    with peer(key=key, transport=transport) as centre:
        sign = channel(sqlite, receiver(centre.port, transport=transport, key=key)).probe()
        assert 0 <= sign.seconds < 13
        assert sign.certificate_until is None
        assert [(one.code, one.sequence) for one in centre.events(1)] == [("RP", "0000")]


def test_words_beyond_ascii_arrive_encrypted(sqlite: Engine) -> None:
    there = replace(PREMISES, municipality="Forlì")
    with peer(key=KEY) as centre:
        channel(sqlite, receiver(centre.port, key=KEY), premises=there).send(RAISED, Transcript())
        [alarm] = centre.events(1)
        # Of Windows-1252 pysiaalarm shows what is ASCII.
        assert [one.value for one in alarm.extended_data or []][
            1
        ] == "Forl, via Esempio 4, scala B, piano 3, interno 12"


def test_each_code_is_one_that_the_receiver_knows(sqlite: Engine) -> None:
    camera: dict[str, Any] = {"unit": None, "kind": "camera_covered"}
    told = [
        alert("incident.confirmed", status="confirmed", avs=4),
        alert("incident.rejected", status="rejected"),
        alert("detection.raised", severity="attention"),
        alert("detection.raised", severity="info", order="WO-0147", sequence=1),
        alert("detection.ended", severity="info"),
        alert("camera.tampered", **camera),
        alert("camera.restored", **camera),
        alert("camera.offline", **camera),
        alert("camera.online", **camera),
        alert_for_test(ROOM, incident=incident_id("t"), at=BEGAN, by="anna", site="0423"),
    ]
    with peer() as centre:
        line = channel(sqlite, receiver(centre.port))
        for one in told:
            line.send(one, Transcript())
        names = [(one.code, one.sia_code.type if one.sia_code else None) for one in centre.events(12)]
    assert names == [
        ("PA", "Panic Alarm"),
        ("BA", "Burglary Alarm"),
        ("BV", "Burglary Verified"),
        ("BC", "Burglary Cancel"),
        ("BG", "Unverified Event - Burglary"),
        ("BX", "Burglary Test"),
        ("BR", "Burglary Restoral"),
        ("TA", "Tamper Alarm"),
        ("TR", "Tamper Restoral"),
        ("BT", "Burglary Trouble"),
        ("BJ", "Burglary Trouble Restore"),
        ("RX", "Manual Test"),
    ]


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_a_receiver_that_says_no_to_our_time_gets_its_own(sqlite: Engine, transport: Transport) -> None:
    with peer(transport=transport) as centre:
        line = channel(sqlite, receiver(centre.port, transport=transport, clock=Slow()), clock=Slow())
        line.send(RAISED, Transcript())
        assert centre.told(1) == [("BA", "12^0423.B.03.12^", 1)]
        assert centre.client.counts.error_timestamp == 1
        line.send(CONFIRMED, Transcript())
        assert centre.client.counts.error_timestamp == 1, "the difference is known from then on"
        # When it happened is told by our own clock, whatever the receiver's.
        occurred = (centre.events(1)[0].extended_data or [])[0].value
        assert occurred == f"{datetime.fromtimestamp(RAISED.at, UTC):%H:%M:%S,%m-%d-%Y}"


def test_an_account_that_is_not_known_is_no_receipt(sqlite: Engine) -> None:
    with peer() as centre:
        stranger = receiver(centre.port, account="BBBB")
        # In the clear pysiaalarm says NAK without a frame: that is silence.
        with pytest.raises(ChannelUnavailable, match="no answer that counts"):
            channel(sqlite, stranger, deadline=0.6).send(RAISED, Transcript())
        hidden = receiver(centre.port, key=KEY)
        with pytest.raises(ChannelUnavailable, match="NAK"):
            channel(sqlite, hidden, deadline=5.0).send(RAISED, Transcript())
        assert centre.events(0) == []


def test_a_wrong_key_is_no_receipt(sqlite: Engine) -> None:
    with peer(key=KEY) as centre:
        with pytest.raises(ChannelUnavailable):
            channel(sqlite, receiver(centre.port, key=bytes(16)), deadline=0.6).send(RAISED, Transcript())
        assert centre.events(0) == []


def test_a_restart_goes_on_with_the_next_number(sqlite: Engine) -> None:
    with peer() as centre:
        channel(sqlite, receiver(centre.port)).send(CONFIRMED, Transcript())
        channel(sqlite, receiver(centre.port)).send(RAISED, Transcript())
        assert [number for _, _, number in centre.told(3)] == [1, 2, 3]
