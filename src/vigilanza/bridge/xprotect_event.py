"""An alert as an Analytics Event of Milestone XProtect.

The order of the elements is the schema's. `Message` is the name that the Event Server must know as an Analytics Event,
and with `Source` what its alarm definitions go by.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from lxml import etree

from vigilanza.domain.alert import TEST_TYPE, TYPE_PREFIX
from vigilanza.domain.delivery import Alert
from vigilanza.domain.events import Severity
from vigilanza.domain.premises import Premises

NAMESPACE = "urn:milestone-systems"
CAMERA_KIND = "5135ba21-f1dc-4321-806a-6ce2017343c0"
"""XProtect's identifier of what a camera is."""
FORCED = "VGZ Forced Entry"
SEALED_DOOR = "VGZ Sealed Door"
AUTHORISED = "VGZ Authorised Visit"
TEST = "VGZ Test"
_NAMES: Mapping[str, tuple[str, str]] = {
    "detection.ended": ("VGZ Door Sealed Again", "Porta di nuovo come sigillata"),
    "incident.confirmed": ("VGZ Confirmed", "Evento confermato da un operatore"),
    "incident.rejected": ("VGZ Rejected", "Evento respinto da un operatore"),
    "camera.tampered": ("VGZ Camera Tampered", "Telecamera manomessa"),
    "camera.restored": ("VGZ Camera Restored", "Telecamera di nuovo libera"),
    "camera.offline": ("VGZ Camera Offline", "Telecamera senza segnale"),
    "camera.online": ("VGZ Camera Online", "Telecamera di nuovo in linea"),
}
_DETECTIONS: Mapping[str, str] = {
    FORCED: "Effrazione alloggio sigillato",
    SEALED_DOOR: "Attività alla porta sigillata",
    AUTHORISED: "Visita autorizzata",
}
MESSAGES = (*_DETECTIONS, *(message for message, _ in _NAMES.values()), TEST)
"""Every name that may come: each is to be defined in the Management Client."""
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def encode_event(alert: Alert, *, premises: Premises, cameras: Mapping[str, str]) -> bytes:
    """The XML, UTF-8. `cameras`: address or GUID in XProtect of each of ours. ValueError for an unknown type."""
    message, name = _named(alert)
    zone, data = ZoneInfo(premises.timezone), alert.data
    event = etree.Element(f"{{{NAMESPACE}}}AnalyticsEvent", nsmap={None: NAMESPACE})
    header = _add(event, "EventHeader")
    _add(header, "ID", str(alert.id))
    _add(header, "Timestamp", _local(alert.at, zone))
    _add(header, "Type", str(data.get("kind") or data.get("status") or ""))
    _add(header, "Version", "1.0")
    _add(header, "Priority", str(_priority(alert)))
    _add(header, "Name", name)
    _add(header, "Message", message)
    _add(header, "CustomTag", str(alert.incident))
    if (camera := cameras.get(str(data.get("camera")))) is not None:
        _add_source(header, camera)
    _add(event, "Description", _description(alert, premises))
    if (first := data.get("first_detection")) is not None:
        _add(event, "StartTime", _local(datetime.fromisoformat(str(first)).timestamp(), zone))
        if message == _NAMES["detection.ended"][0]:
            _add(event, "EndTime", _local(alert.at, zone))
    _add(event, "Location", premises.whose(data.get("unit"), data.get("camera")).place(data.get("unit")))
    _add(_add(event, "Vendor"), "Name", "Vigilanza")
    return bytes(etree.tostring(event, encoding="utf-8", xml_declaration=True))


def _named(alert: Alert) -> tuple[str, str]:
    """What the Event Server knows it by, and what people read."""
    if alert.type == TEST_TYPE:
        return TEST, "Prova di trasmissione"
    kind = alert.type.removeprefix(TYPE_PREFIX).removesuffix(".v1")
    if kind in _NAMES:
        return _NAMES[kind]
    if kind not in ("detection.raised", "detection.updated"):
        raise ValueError(f"no analytics event for an alert of type {alert.type}")
    if alert.data.get("order") is not None:
        return AUTHORISED, _DETECTIONS[AUTHORISED]
    severe = Severity(alert.data["severity"]).rank >= Severity.ALARM.rank
    message = FORCED if severe else SEALED_DOOR
    return message, _DETECTIONS[message]


def _priority(alert: Alert) -> int:
    """1 is the highest."""
    severity = Severity(alert.data.get("severity", Severity.INFO))
    return len(Severity) - severity.rank


def _description(alert: Alert, premises: Premises) -> str:
    data, unit = alert.data, premises.unit(alert.data.get("unit"))
    said = {"unconfirmed": "non confermato", "confirmed": "confermato", "rejected": "respinto", "test": "prova"}
    parts = [
        "" if premises.production else "PROVA",
        "" if unit is None else unit.words() or unit.id,
        str((data.get("sentence") or {}).get("it") or ""),
        said.get(str(data.get("status")), ""),
        "" if data.get("avs") is None else f"AVS {data['avs']}",
    ]
    return " - ".join(part for part in parts if part)


def _add_source(header: etree._Element, camera: str) -> None:
    source = _add(header, "Source")
    if not _GUID.fullmatch(camera):
        _add(source, "Name", camera)
        return
    identity = _add(source, "FQID")
    _add(identity, "ObjectId", camera)
    _add(identity, "FolderType", "0")
    _add(identity, "Kind", CAMERA_KIND)


def _add(parent: etree._Element, name: str, said: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    child.text = None if said is None else _NOT_XML.sub(" ", said)
    return child


def _local(at: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, zone).isoformat(timespec="milliseconds")
