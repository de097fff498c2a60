"""A simulated camera's event service: pull points that expire (ONVIF core specification, chapter 9)."""

import re
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, TypeAlias
from xml.sax.saxutils import escape

from vigilanza.lab.onvif_faults import OnvifFaults
from vigilanza.lab.soap import SoapFault, SoapRequest

Operation: TypeAlias = Literal["Initialized", "Changed", "Deleted"]
SUBSCRIPTION_PATH = "/onvif/subscription/"
LIFETIME_S = 60.0
LONGEST_PULL_S = 60.0
_QUEUED_MAX = 1000
_DIALECT = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"


@dataclass(slots=True)
class _Subscription:
    expires: float
    messages: deque[str] = field(default_factory=lambda: deque(maxlen=_QUEUED_MAX))


class SimEvents:
    """Subscriptions and what they are told. `now` is the camera's clock, `base` its own address."""

    def __init__(self, *, faults: OnvifFaults, base: Callable[[], str], now: Callable[[], float]) -> None:
        self._faults, self._base, self._now = faults, base, now
        self._changed = threading.Condition()
        self._subscriptions: dict[str, _Subscription] = {}
        self._states: dict[tuple[str, str, str], bool] = {}
        self._given, self._closed = 0, False
        self.requests: deque[str] = deque(maxlen=1000)
        """Operations that were asked for, the last 1000."""
        self._answers: Mapping[str, Callable[[SoapRequest], str]] = {
            "tev:CreatePullPointSubscription": self._create,
            "tev:PullMessages": self._pull,
            "tev:SetSynchronizationPoint": self._synchronize,
            "wsnt:Renew": self._renew,
            "wsnt:Unsubscribe": self._unsubscribe,
        }

    def knows(self, operation: str) -> bool:
        """Whether it is this part that answers."""
        return operation in self._answers

    def answer(self, request: SoapRequest) -> str:
        """The body's XML; a pull waits for messages. SoapFault if the request cannot be granted."""
        with self._changed:
            self.requests.append(request.operation.partition(":")[2])
            self._changed.notify_all()
            return self._answers[request.operation](request)

    def raise_event(self, topic: str, active: bool, *, source: str = "vs0", name: str = "State") -> None:
        """Tell all subscribers that a property has changed; `topic` without prefix: VideoSource/GlobalSceneChange/…"""
        with self._changed:
            if self._faults.never_off and not active:
                return
            self._states[topic, source, name] = active
            for subscription in self._subscriptions.values():
                subscription.messages.append(self._message(topic, source, name, active, "Changed"))
            self._changed.notify_all()

    def wait_for(self, operation: str, count: int, timeout: float = 30.0) -> None:
        """Return once `operation` was asked for at least `count` times; TimeoutError if it was not in time."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.requests.count(operation) >= count, timeout):
                raise TimeoutError(f"{operation} was asked for {self.requests.count(operation)} of {count} times")

    @property
    def living(self) -> int:
        """Subscriptions that have not expired."""
        with self._changed:
            self._expire()
            return len(self._subscriptions)

    def forget(self) -> None:
        """As a reboot does: no subscription is known any more."""
        with self._changed:
            self._subscriptions.clear()
            self._changed.notify_all()

    def close(self) -> None:
        """End all waiting pulls."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _create(self, request: SoapRequest) -> str:
        self._expire()
        if self._faults.one_subscriber and self._subscriptions:
            raise SoapFault("wsnt:SubscribeCreationFailedFault", "no more subscriptions")
        self._given += 1
        name = f"{self._given}"
        lifetime = _seconds(request.text("InitialTerminationTime"), LIFETIME_S)
        self._subscriptions[name] = _Subscription(self._now() + lifetime)
        if not self._faults.quiet_start:
            self._initialize(self._subscriptions[name])
        return (
            "<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference>"
            f"<a:Address>{self._base()}{SUBSCRIPTION_PATH}{name}</a:Address></tev:SubscriptionReference>"
            f"<wsnt:CurrentTime>{_iso(self._now())}</wsnt:CurrentTime>"
            f"<wsnt:TerminationTime>{_iso(self._now() + lifetime)}</wsnt:TerminationTime>"
            "</tev:CreatePullPointSubscriptionResponse>"
        )

    def _pull(self, request: SoapRequest) -> str:
        subscription = self._find(request)
        patience = min(_seconds(request.text("Timeout"), 1.0), LONGEST_PULL_S)
        limit = int(request.text("MessageLimit") or 10)
        self._changed.wait_for(lambda: subscription.messages or self._closed or self._gone(request), patience)
        messages = [subscription.messages.popleft() for _ in range(min(limit, len(subscription.messages)))]
        return (
            f"<tev:PullMessagesResponse><tev:CurrentTime>{_iso(self._now())}</tev:CurrentTime>"
            f"<tev:TerminationTime>{_iso(subscription.expires)}</tev:TerminationTime>{''.join(messages)}"
            "</tev:PullMessagesResponse>"
        )

    def _renew(self, request: SoapRequest) -> str:
        subscription = self._find(request)
        subscription.expires = self._now() + _seconds(request.text("TerminationTime"), LIFETIME_S)
        return (
            f"<wsnt:RenewResponse><wsnt:TerminationTime>{_iso(subscription.expires)}</wsnt:TerminationTime>"
            f"<wsnt:CurrentTime>{_iso(self._now())}</wsnt:CurrentTime></wsnt:RenewResponse>"
        )

    def _unsubscribe(self, request: SoapRequest) -> str:
        self._find(request)
        self._subscriptions.pop(_name(request), None)
        return "<wsnt:UnsubscribeResponse/>"

    def _synchronize(self, request: SoapRequest) -> str:
        self._initialize(self._find(request))
        return "<tev:SetSynchronizationPointResponse/>"

    def _initialize(self, subscription: _Subscription) -> None:
        for (topic, source, name), active in self._states.items():
            subscription.messages.append(self._message(topic, source, name, active, "Initialized"))

    def _find(self, request: SoapRequest) -> _Subscription:
        self._expire()
        found = self._subscriptions.get(_name(request))
        if found is None and self._faults.deaf_after_reboot:
            return _Subscription(self._now() + LIFETIME_S)
        if found is None:
            raise SoapFault("wsrf:ResourceUnknownFault", "no such subscription", status=500)
        return found

    def _gone(self, request: SoapRequest) -> bool:
        return _name(request) not in self._subscriptions and not self._faults.deaf_after_reboot

    def _expire(self) -> None:
        now = self._now()
        for name in [name for name, one in self._subscriptions.items() if one.expires <= now]:
            del self._subscriptions[name]

    def _message(self, topic: str, source: str, name: str, active: bool, operation: Operation) -> str:
        return (
            f'<wsnt:NotificationMessage><wsnt:Topic Dialect="{_DIALECT}">tns1:{escape(topic)}</wsnt:Topic>'
            f'<wsnt:Message><tt:Message UtcTime="{_iso(self._now())}" PropertyOperation="{operation}"><tt:Source>'
            f'<tt:SimpleItem Name="Source" Value="{escape(source)}"/></tt:Source><tt:Data>'
            f'<tt:SimpleItem Name="{name}" Value="{str(active).lower()}"/></tt:Data></tt:Message>'
            "</wsnt:Message></wsnt:NotificationMessage>"
        )


def _name(request: SoapRequest) -> str:
    return request.path.rpartition("/")[2]


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _seconds(duration: str, otherwise: float) -> float:
    """Of an xs:duration such as PT1M30S; the specification's other forms count as not given."""
    parts = re.fullmatch(r"P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?", duration)
    if parts is None:
        return otherwise
    days, hours, minutes, seconds = (float(part or 0) for part in parts.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
