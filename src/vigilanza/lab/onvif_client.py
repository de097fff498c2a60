"""A client of ONVIF events, as a VMS is one: subscribes at a device, seeks, pulls. In the clear, with HTTP digest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx
from lxml import etree

from vigilanza.domain.alert import rfc3339
from vigilanza.lab.soap import NAMESPACES

EVENTS_PATH = "/onvif/events"
_ANSWER_S = 10.0
"""Beyond what it was asked to wait, a device takes at most so long."""
_LIFETIME = "PT60S"
_CONCRETE_SET = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"
_NAMED = {**NAMESPACES, "vgz": "urn:vigilanza:onvif:topics"}
_DECLARED = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in _NAMED.items())


@dataclass(frozen=True, slots=True)
class Told:
    """One message; `at` is UTC in Unix seconds, `operation` is empty where the topic is no property, `items` are those
    of source and data.
    """

    topic: str
    operation: str
    at: float
    items: Mapping[str, str]


class OnvifClient:
    """One connection, used by one thread. Every method raises httpx.HTTPError if the device is away or refuses."""

    def __init__(self, *, port: int, user: str, password: str) -> None:
        """The device is on this machine."""
        self._device = f"http://127.0.0.1:{port}"
        self._http = httpx.Client(auth=httpx.DigestAuth(user, password), trust_env=False, timeout=_ANSWER_S)

    def subscribe(self, topics: str = "") -> str:
        """A new pull point's address. `topics`: those it shall tell of, all if empty."""
        wanted = f'<wsnt:TopicExpression Dialect="{_CONCRETE_SET}">{topics}</wsnt:TopicExpression>'
        chosen = f"<tev:Filter>{wanted}</tev:Filter>" if topics else ""
        lasts = f"<tev:InitialTerminationTime>{_LIFETIME}</tev:InitialTerminationTime>"
        body = f"<tev:CreatePullPointSubscription>{chosen}{lasts}</tev:CreatePullPointSubscription>"
        return str(self._ask(body, self._device + EVENTS_PATH).findtext(".//{*}SubscriptionReference/{*}Address"))

    def seek(self, point: str, at: float) -> None:
        """Let it tell all from `at` (UTC, Unix seconds) on."""
        self._ask(f"<tev:Seek><tev:UtcTime>{rfc3339(at)}</tev:UtcTime></tev:Seek>", point)

    def pull(self, point: str, *, seconds: float, limit: int = 100, patience: float | None = None) -> list[Told]:
        """What waits there, or comes within so many seconds. `patience`: hang up after so many seconds."""
        asked = f"<tev:Timeout>PT{seconds:g}S</tev:Timeout><tev:MessageLimit>{limit}</tev:MessageLimit>"
        body = f"<tev:PullMessages>{asked}</tev:PullMessages>"
        answer = self._ask(body, point, timeout=seconds + _ANSWER_S if patience is None else patience)
        return [_told(one) for one in answer.iterfind(".//{*}NotificationMessage")]

    def say(self, content: bytes) -> None:
        """Whatever it is."""
        self._http.post(self._device + EVENTS_PATH, content=content)

    def close(self) -> None:
        """The pull points end by themselves."""
        self._http.close()

    def _ask(self, body: str, url: str, *, timeout: float = _ANSWER_S) -> etree._Element:
        envelope = f"<s:Envelope {_DECLARED}><s:Body>{body}</s:Body></s:Envelope>"
        headers = {"content-type": "application/soap+xml; charset=utf-8"}
        answer = self._http.post(url, content=envelope.encode(), headers=headers, timeout=timeout)
        answer.raise_for_status()
        return etree.fromstring(answer.content)


def _told(message: etree._Element) -> Told:
    inner = message.find(".//{*}Message/{*}Message")
    assert inner is not None
    return Told(
        topic=str(message.findtext("{*}Topic")).strip(),
        operation=inner.get("PropertyOperation", ""),
        at=datetime.fromisoformat(str(inner.get("UtcTime"))).timestamp(),
        items={str(item.get("Name")): str(item.get("Value")) for item in inner.iterfind(".//{*}SimpleItem")},
    )
