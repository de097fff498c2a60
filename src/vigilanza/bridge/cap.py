"""CAP 1.2 messages (OASIS, urn:oasis:names:tc:emergency:cap:1.2) made of alerts.

The same alert always has the same identifier, the same `sent` and the same words, so that a receiver that has it
knows it again; later messages name earlier ones by what can be computed of them. Times have an offset, never Z, and
no fractions of a second; UTC is -00:00.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from lxml import etree

from vigilanza.bridge.cap_words import REJECTED_TYPE, Tone, event_words, instructions, kind_of, tone_of
from vigilanza.bridge.pictures import Picture
from vigilanza.domain.alert import TEST_TYPE
from vigilanza.domain.delivery import Alert, Earlier
from vigilanza.domain.flagrance import flagrante_until
from vigilanza.domain.premises import Premises

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
PROFILE = "profile:vigilanza:1.0"
CIRCLE_KM = 0.03
SHORTEST_LIFE_SECONDS = 3600.0
"""A message counts at least so long, also in an incident older than the 48 hours: else it would be shelved unread."""
_KINDS = {"clip": ("Filmato", "Clip"), "still": ("Fermo immagine", "Still picture")}
_NAMED = {"confirmedBy": "confirmed_by", "rejectedBy": "rejected_by", "workOrder": "order", "minors": "minors"}
"""Parameters and what they are in an alert's data."""
_LANGUAGES = (("it-IT", "it", 0), ("en-GB", "en", 1))
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Name:
    """What a message is known by: CAP's triple."""

    sender: str
    identifier: str
    sent: str

    def __str__(self) -> str:
        return f"{self.sender},{self.identifier},{self.sent}"


def cap_time(at: float, zone: ZoneInfo) -> str:
    """E.g. 2026-11-22T03:14:19+01:00; the second that `at` (UTC, Unix seconds) lies in."""
    return _offset(datetime.fromtimestamp(math.floor(at), zone).isoformat())


def precise_time(at: float, zone: ZoneInfo) -> str:
    """The same with milliseconds: for parameters only, CAP's own times take none."""
    return _offset(datetime.fromtimestamp(at, zone).isoformat(timespec="milliseconds"))


def _offset(time: str) -> str:
    return f"{time.removesuffix('+00:00')}-00:00" if time.endswith("+00:00") else time


def place_in(identifier: str) -> tuple[UUID, int] | None:
    """Incident and sequence of one of our identifiers; None if it is no such one."""
    found = re.fullmatch(r"VGZ-.+-([0-9a-f]{32})-([0-9]{1,9})", identifier, re.ASCII)
    return None if found is None else (UUID(found[1]), int(found[2]))


class CapWriter:
    """Writes messages to one destination. `sender` and `addresses` are CAP's, e.g. vigilanza@aler.example.it."""

    def __init__(self, *, premises: Premises, destination: str, sender: str, addresses: tuple[str, ...]) -> None:
        self._premises, self._destination = premises, destination
        self._sender, self._addresses = sender, addresses
        self._zone = ZoneInfo(premises.timezone)

    def name(self, incident: UUID, sequence: int, at: float) -> Name:
        """What the message of an alert is known by."""
        identifier = f"VGZ-{self._premises.site}-{self._destination}-{incident.hex}-{sequence}"
        return Name(self._sender, identifier, cap_time(at, self._zone))

    def status(self, alert: Alert) -> str:
        """Actual only in production, and never for a test."""
        if alert.type == TEST_TYPE:
            return "Test"
        return "Actual" if self._premises.production else "Exercise"

    def expires_at(self, alert: Alert) -> float:
        """Until when the message counts, UTC in Unix seconds: the end of the flagranza window."""
        begun = _moment(alert, "first_detection")
        until = alert.at if begun is None else self._flagrante(alert, begun)
        return max(until, alert.at + SHORTEST_LIFE_SECONDS)

    def write(self, alert: Alert, pictures: Sequence[Picture] = ()) -> etree._Element:
        """The message, without a signature; `pictures` are its resources."""
        name, refers = self.name(alert.incident, alert.sequence, alert.at), _open(alert.earlier)
        message = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
        _add(message, "identifier", name.identifier)
        _add(message, "sender", name.sender)
        _add(message, "sent", name.sent)
        _add(message, "status", self.status(alert))
        _add(message, "msgType", _type(alert, refers))
        if alert.data.get("camera"):
            _add(message, "source", f"camera {alert.data['camera']}")
        _add(message, "scope", "Private")
        _add(message, "addresses", " ".join(f'"{address}"' for address in self._addresses))
        _add(message, "code", PROFILE)
        if alert.type == REJECTED_TYPE:
            _add(message, "note", f"Revocato / withdrawn: {alert.data['reason']}")
        if refers:
            names = (self.name(alert.incident, earlier.sequence, earlier.at) for earlier in refers)
            _add(message, "references", " ".join(str(one) for one in names))
        _add(message, "incidents", " ".join(dict.fromkeys([str(alert.incident), *_together(alert)])))
        for language in _LANGUAGES:
            self._tell(message, alert, pictures, *language)
        return message

    def _tell(
        self,
        message: etree._Element,
        alert: Alert,
        pictures: Sequence[Picture],
        language: str,
        short: str,
        which: int,
    ) -> None:
        info, tone = etree.SubElement(message, f"{{{NAMESPACE}}}info"), tone_of(alert)
        event = event_words(alert)[which]
        _add(info, "language", language)
        _add(info, "category", "Security")
        _add(info, "event", event)
        for response in tone.responses:
            _add(info, "responseType", response)
        for word, value in (("urgency", tone.urgency), ("severity", tone.severity), ("certainty", tone.certainty)):
            _add(info, word, value)
        for code, value in _codes(tone):
            _named(info, "eventCode", code, value)
        _add(info, "effective", cap_time(alert.at, self._zone))
        begun = _moment(alert, "first_detection")
        if begun is not None:
            _add(info, "onset", cap_time(begun, self._zone))
        _add(info, "expires", cap_time(self.expires_at(alert), self._zone))
        _add(info, "senderName", " - ".join(part for part in (self._premises.manager, "Vigilanza") if part))
        _add(info, "headline", f"{event}: {self._where(alert).place(alert.data.get('unit'))}")
        if said := alert.data.get("sentence", {}).get(short):
            _add(info, "description", f"{said}.")
        if (asked := instructions(alert, production=self._premises.production)) is not None:
            _add(info, "instruction", asked[which])
        for parameter, value in self._parameters(alert):
            _named(info, "parameter", f"vgz:{parameter}", value)
        for picture in pictures:
            self._offer(info, picture, which)
        self._area(info, alert)

    def _offer(self, info: etree._Element, picture: Picture, which: int) -> None:
        resource = etree.SubElement(info, f"{{{NAMESPACE}}}resource")
        _add(resource, "resourceDesc", f"{_KINDS[picture.kind][which]} {cap_time(picture.start, self._zone)}")
        _add(resource, "mimeType", picture.mime_type)
        _add(resource, "size", str(picture.size_bytes))
        _add(resource, "uri", picture.uri)
        _add(resource, "digest", picture.sha1)

    def _parameters(self, alert: Alert) -> Iterator[tuple[str, str]]:
        """What CAP has no element for; ids and codes only."""
        data = alert.data
        yield "alert", str(alert.id)
        yield "status", str(data["status"])
        if (kind := kind_of(alert)) is not None:
            yield "kind", kind.value
        begun, entered = _moment(alert, "first_detection"), _moment(alert, "first_entry_at")
        for name, at in (("firstDetection", begun), ("firstEntry", entered)):
            if at is not None:
                yield name, precise_time(at, self._zone)
        if begun is not None:
            yield "flagranteUntil", precise_time(self._flagrante(alert, begun), self._zone)
        for name, key in _NAMED.items():
            if data.get(key) is not None:
                yield name, str(data[key])

    def _where(self, alert: Alert) -> Premises:
        return self._premises.whose(alert.data.get("unit"), alert.data.get("camera"))

    def _area(self, info: etree._Element, alert: Alert) -> None:
        area, unit = etree.SubElement(info, f"{{{NAMESPACE}}}area"), alert.data.get("unit")
        premises = self._where(alert)
        _add(area, "areaDesc", premises.place(unit))
        if premises.position is not None:
            where = premises.position
            _add(area, "circle", f"{where.latitude:.5f},{where.longitude:.5f} {CIRCLE_KM}")
        if premises.istat is not None:
            _named(area, "geocode", "ISTAT-Comune", premises.istat)
        if unit is not None:
            _named(area, "geocode", "ALER-UI", unit)

    def _flagrante(self, alert: Alert, begun: float) -> float:
        told = _moment(alert, "flagrante_until")
        if told is not None:
            return told
        entered, lasts = _moment(alert, "first_entry_at"), self._premises.flagrante_seconds
        return flagrante_until(first_at=begun, first_entry_at=entered, lasts=lasts)


def _together(alert: Alert) -> tuple[str, ...]:
    """CAP 1.2, 3.2.1: a second name, which all that belong together have in common, collates them."""
    first = alert.data.get("together")
    return () if first is None else (first,)


def _open(earlier: tuple[Earlier, ...]) -> tuple[Earlier, ...]:
    """The messages that still stand: those since the last one that withdrew what was before it."""
    withdrawn = max((place + 1 for place, one in enumerate(earlier) if one.type == REJECTED_TYPE), default=0)
    return earlier[withdrawn:]


def _type(alert: Alert, refers: tuple[Earlier, ...]) -> str:
    if not refers:
        return "Alert"
    return "Cancel" if alert.type == REJECTED_TYPE else "Update"


def _codes(tone: Tone) -> Iterator[tuple[str, str]]:
    yield "SIA-DC-03", tone.sia
    if tone.avs is not None:
        yield "ANSI-TMA-AVS-01", str(tone.avs)


def _moment(alert: Alert, key: str) -> float | None:
    told = alert.data.get(key)
    return None if told is None else datetime.fromisoformat(told).astimezone(UTC).timestamp()


def _add(parent: etree._Element, tag: str, text: str) -> None:
    """Letters that no XML can carry are left out: an alarm does not fail for a stray one."""
    etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}").text = _NO_XML.sub("", text)


def _named(parent: etree._Element, tag: str, name: str, value: str) -> None:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}")
    _add(element, "valueName", name)
    _add(element, "value", value)
