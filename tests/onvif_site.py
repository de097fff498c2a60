"""The site as an ONVIF device, running, and a client that speaks plain SOAP with it."""

import base64
import hashlib
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from lxml import etree
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from vigilanza.bridge.guesses import Guesses
from vigilanza.bridge.listening import Listening
from vigilanza.bridge.onvif_device.eventbroker import EventBroker
from vigilanza.bridge.onvif_device.place import Place
from vigilanza.bridge.onvif_device.server import OnvifDevice
from vigilanza.bridge.onvif_device.soap import NAMESPACES
from vigilanza.bridge.onvif_device.stills import Stills
from vigilanza.bridge.onvif_device.video import NoVideo, TemplateVideo, Video
from vigilanza.clock import Clock, SystemClock
from vigilanza.store.audit import AuditChain
from vigilanza.store.feed import Feed
from vigilanza.store.journal import Journal

USER, PASSWORD = "vms", "a plain password"
PLACE = Place.of(site="0423", name="via Esempio 4", doors={"stairs-3": ["B.03.12"], "stairs-4": ["B.04.15", "B.04.16"]})
VIDEO = TemplateVideo("rtsp://vms-proxy.example/{camera}")


@dataclass(slots=True)
class Running:
    """A device that answers, and what it counts."""

    device: OnvifDevice
    registry: CollectorRegistry
    ending: ExitStack
    """What its clients hold open."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.device.port}/onvif/device_service"

    def figure(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, labels) or 0.0


@contextmanager
def onvif_site(
    engine: Engine,
    *,
    place: Place = PLACE,
    video: Video | None = None,
    clock: Clock | None = None,
    listening: Listening | None = None,
    passwords: Mapping[str, str] | None = None,
    brokers: Sequence[EventBroker] = (),
    stills: Stills | None = None,
    discoverable: bool = False,
) -> Iterator[Running]:
    """In the clear on a free port of this machine, unless `listening` says otherwise."""
    registry, is_up, clock = CollectorRegistry(), threading.Event(), clock or SystemClock()
    device = OnvifDevice(
        place=place,
        video=NoVideo() if video is None else video,
        feed=Feed(engine),
        passwords={USER: PASSWORD} if passwords is None else passwords,
        listening=listening or Listening("127.0.0.1", 0),
        clock=clock,
        registry=registry,
        guesses=Guesses(chain=AuditChain(engine=engine, clock=clock), entrance="onvif_device", clock=clock),
        brokers=brokers,
        stills=stills,
        discoverable=discoverable,
        on_listening=lambda _: is_up.set(),
    )
    stop = threading.Event()
    thread = threading.Thread(target=device.run, args=(stop,), name="onvif device")
    thread.start()
    try:
        assert is_up.wait(20)
        with ExitStack() as ending:
            yield Running(device, registry, ending)
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def journal(engine: Engine) -> Journal:
    return Journal(engine=engine, destinations=[], clock=SystemClock(), site="0423")


@dataclass(frozen=True, slots=True)
class Told:
    """One notification message."""

    topic: str
    operation: str
    source: dict[str, str]
    data: dict[str, str]
    at: str


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: HTTP status, headers and the first element of the body."""

    status: int
    headers: httpx.Headers
    raw: bytes
    body: Any

    def texts(self, name: str) -> list[str]:
        return [str(each.text or "") for each in self.body.iter(f"{{*}}{name}")]

    def text(self, name: str) -> str:
        return self.texts(name)[0]

    @property
    def subcode(self) -> str:
        return str(self.body.findtext(".//{*}Subcode/{*}Value") or "")

    @property
    def messages(self) -> list[Told]:
        return [_told(each) for each in self.body.iter(f"{{{NAMESPACES['wsnt']}}}NotificationMessage")]


class Client:
    """Signs each request with a UsernameToken, unless told otherwise."""

    def __init__(self, site: Running, *, user: str = USER, password: str = PASSWORD, timeout: float = 30.0) -> None:
        self.url, self._user, self._password = site.url, user, password
        self._http = site.ending.enter_context(httpx.Client(timeout=timeout, trust_env=False))

    def ask(
        self,
        body: str,
        *,
        url: str | None = None,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        auth: httpx.Auth | None = None,
    ) -> Said:
        """`body` is the XML inside s:Body with the prefixes of NAMESPACES; `token` the header's, if not a good one."""
        return self.post(envelope(body, self.token() if token is None else token), url=url, headers=headers, auth=auth)

    def post(
        self,
        raw: bytes,
        *,
        url: str | None = None,
        headers: Mapping[str, str] | None = None,
        auth: httpx.Auth | None = None,
    ) -> Said:
        sent = {"content-type": "application/soap+xml; charset=utf-8", **(headers or {})}
        response = self._http.post(url or self.url, content=raw, headers=sent, auth=auth or _Nobody())
        found = (
            etree.fromstring(response.content).find("s:Body/*", NAMESPACES) if response.content[:1] == b"<" else None
        )
        return Said(response.status_code, response.headers, response.content, found)

    def token(self, *, skew: float = 0.0, nonce: bytes | None = None, without: Sequence[str] = ()) -> str:
        """A UsernameToken."""
        return token(self._user, self._password, skew=skew, nonce=nonce, without=without)

    def subscribe(self, *, wanted: str = "", lifetime: str = "PT60S", headers: Mapping[str, str] | None = None) -> str:
        """A pull point's address; `wanted` is a ConcreteSet expression."""
        chosen = f'<wsnt:TopicExpression Dialect="{SET}">{wanted}</wsnt:TopicExpression>'
        inside = f"<tev:Filter>{chosen}</tev:Filter>" if wanted else ""
        said = self.ask(
            f"<tev:CreatePullPointSubscription>{inside}<tev:InitialTerminationTime>{lifetime}</tev:InitialTerminationTime>"
            "</tev:CreatePullPointSubscription>"
        )
        assert said.status == 200, said.raw
        return said.text("Address")

    def pull(self, point: str, *, patience: float = 5.0, limit: int = 100) -> Said:
        return self.ask(
            f"<tev:PullMessages><tev:Timeout>PT{patience}S</tev:Timeout><tev:MessageLimit>{limit}</tev:MessageLimit>"
            "</tev:PullMessages>",
            url=point,
        )

    def drain(self, point: str, *, limit: int = 100) -> list[Told]:
        """What waits, which is at least one message, until for longer than the feed is asked there is nothing more."""
        told = self.pull(point, limit=limit).messages
        while more := self.pull(point, patience=0.4, limit=limit).messages:
            told += more
        return told

    def simple(self, operation: str, *, url: str | None = None, inside: str = "") -> Said:
        return self.ask(f"<{operation}>{inside}</{operation}>", url=url)


def is_pulled(site: Running, point: str) -> bool:
    """Whether somebody waits for messages there: a second pull is refused then."""
    return Client(site).pull(point, patience=0.0).subcode == "ter:OperationProhibited"


SET = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"


class _Nobody(httpx.Auth):
    """No Authorization header, whatever the machine's own settings say."""


def envelope(body: str, token: str = "") -> bytes:
    declared = " ".join(f'xmlns:{prefix}="{namespace}"' for prefix, namespace in NAMESPACES.items())
    header = f"<s:Header>{token}</s:Header>" if token else ""
    return f"<s:Envelope {declared}>{header}<s:Body>{body}</s:Body></s:Envelope>".encode()


def token(
    user: str, password: str, *, skew: float = 0.0, nonce: bytes | None = None, without: Sequence[str] = ()
) -> str:
    salt = os.urandom(16) if nonce is None else nonce
    made = datetime.fromtimestamp(SystemClock().now(), UTC) + timedelta(seconds=skew)
    created = made.strftime("%Y-%m-%dT%H:%M:%SZ")
    digest = base64.b64encode(hashlib.sha1(salt + created.encode() + password.encode()).digest()).decode()
    parts = {
        "Username": f"<wsse:Username>{user}</wsse:Username>",
        "Password": f"<wsse:Password>{digest}</wsse:Password>",
        "Nonce": f"<wsse:Nonce>{base64.b64encode(salt).decode()}</wsse:Nonce>",
        "Created": f"<wsu:Created>{created}</wsu:Created>",
    }
    inside = "".join(text for name, text in parts.items() if name not in without)
    return f"<wsse:Security><wsse:UsernameToken>{inside}</wsse:UsernameToken></wsse:Security>"


def _told(message: Any) -> Told:
    inner = message.find(".//tt:Message", NAMESPACES)

    def items(name: str) -> dict[str, str]:
        return {each.get("Name"): each.get("Value") for each in inner.iterfind(f"tt:{name}/tt:SimpleItem", NAMESPACES)}

    topic = message.findtext("wsnt:Topic", "", NAMESPACES)
    return Told(topic, inner.get("PropertyOperation", ""), items("Source"), items("Data"), inner.get("UtcTime"))
