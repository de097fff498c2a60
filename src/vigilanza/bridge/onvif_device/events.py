"""The event service: pull points with persistent storage (ONVIF core, chapter 9). No Subscribe: we call nobody."""

from collections.abc import Sequence

from vigilanza.bridge.onvif_device.capabilities import Capabilities
from vigilanza.bridge.onvif_device.duration import moment, seconds, until, utc
from vigilanza.bridge.onvif_device.eventbroker import EventBroker
from vigilanza.bridge.onvif_device.filter import CONCRETE, CONCRETE_SET, read_filter
from vigilanza.bridge.onvif_device.newsroom import Newsroom
from vigilanza.bridge.onvif_device.pullpoint import PullPoint
from vigilanza.bridge.onvif_device.service import Answer, Answered
from vigilanza.bridge.onvif_device.soap import NAMESPACES, Element, Fault, Request, element, invalid
from vigilanza.bridge.onvif_device.topics import Notice, buffer_begin
from vigilanza.bridge.onvif_device.topicset import topic_set
from vigilanza.bridge.onvif_words import Items
from vigilanza.clock import Clock

SUBSCRIPTION_PATH = "/onvif/subscription/"
LIFETIME_S, LIFETIME_MAX_S = 120.0, 86_400.0
"""Of a pull point nobody said more about, and the longest that is granted."""
PULL_MAX_S = 600.0
MESSAGES_MAX = 100
"""In one answer."""
_PORT = f"{NAMESPACES['tev']}/EventPortType"
_POINT = f"{NAMESPACES['tev']}/PullPointSubscription"
_MANAGER = "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager"


class EventService:
    """Every subscription has an address of its own, which cannot be guessed."""

    def __init__(
        self, *, newsroom: Newsroom, capabilities: Capabilities, brokers: Sequence[EventBroker], clock: Clock
    ) -> None:
        """`brokers` are told of; none can be added, changed or removed from outside."""
        self._newsroom, self._capabilities, self._clock = newsroom, capabilities, clock
        self._brokers = tuple(brokers)
        self.operations: dict[str, Answer] = {
            "tev:GetServiceCapabilities": self._tell_capabilities,
            "tev:GetEventProperties": self._properties,
            "tev:GetEventBrokers": self._tell_brokers,
            "tev:CreatePullPointSubscription": self._create,
            "tev:PullMessages": self._pull,
            "tev:Seek": self._seek,
            "tev:SetSynchronizationPoint": self._synchronize,
            "wsnt:Renew": self._renew,
            "wsnt:Unsubscribe": self._unsubscribe,
        }

    async def _tell_capabilities(self, _: Request) -> Answered:
        told = element("tev:GetServiceCapabilitiesResponse", self._capabilities.of["tev"]())
        return Answered(told, f"{_PORT}/GetServiceCapabilitiesResponse")

    async def _tell_brokers(self, request: Request) -> Answered:
        wanted = request.text("Address")
        chosen = [one.element() for one in self._brokers if wanted in ("", one.address)]
        return Answered(element("tev:GetEventBrokersResponse", *chosen), f"{_PORT}/GetEventBrokersResponse")

    async def _properties(self, _: Request) -> Answered:
        told = element(
            "tev:GetEventPropertiesResponse",
            element("tev:TopicNamespaceLocation", "http://www.onvif.org/onvif/ver10/topics/topicns.xml"),
            element("wsnt:FixedTopicSet", True),
            topic_set(),
            element("wsnt:TopicExpressionDialect", CONCRETE),
            element("wsnt:TopicExpressionDialect", CONCRETE_SET),
            element("tev:MessageContentFilterDialect"),
            element("tev:MessageContentSchemaLocation", "http://www.onvif.org/onvif/ver10/schema/onvif.xsd"),
        )
        return Answered(told, f"{_PORT}/GetEventPropertiesResponse")

    async def _create(self, request: Request) -> Answered:
        wanted = read_filter(request)
        lifetime = self._lifetime(
            request.text("InitialTerminationTime"), "wsnt:UnacceptableInitialTerminationTimeFault"
        )
        point = await self._newsroom.open(wanted, lifetime)
        where = element("wsa:Address", f"{request.base}{SUBSCRIPTION_PATH}{point.name}")
        told = element(
            "tev:CreatePullPointSubscriptionResponse",
            element("tev:SubscriptionReference", where),
            *self._times("wsnt", point),
        )
        return Answered(told, f"{_PORT}/CreatePullPointSubscriptionResponse")

    async def _pull(self, request: Request) -> Answered:
        point = self._find(request)
        patience, limit = seconds(request.text("Timeout")), _limit(request.text("MessageLimit"))
        if patience > PULL_MAX_S:
            raise _too_long()
        if point.pulling:
            raise Fault("ter:OperationProhibited", "this subscription is being pulled from already", receiver=True)
        point.pulling = True
        try:
            await self._newsroom.wait(point, patience)
        finally:
            point.pulling = False
        if point.gone:
            raise Fault("wsrf:ResourceUnknownFault", "the subscription has been given back")
        taken = point.take(min(limit, MESSAGES_MAX))
        point.until = max(point.until, self._clock.monotonic() + patience)
        told = element("tev:PullMessagesResponse", *self._times("tev", point), *(_tell(one.notice) for one in taken))
        return Answered(told, f"{_POINT}/PullMessagesResponse", unsent=lambda: point.put_back(taken))

    async def _seek(self, request: Request) -> Answered:
        point = self._find(request)
        if request.text("Reverse").lower() in ("true", "1"):
            raise invalid("messages are not given backwards")
        at = moment(request.text("UtcTime"))
        await self._newsroom.seek(point, at, lambda: buffer_begin(self._clock.now()))
        return Answered(element("tev:SeekResponse"), f"{_POINT}/SeekResponse")

    async def _synchronize(self, request: Request) -> Answered:
        await self._newsroom.synchronize(self._find(request))
        told = element("tev:SetSynchronizationPointResponse")
        return Answered(told, f"{_POINT}/SetSynchronizationPointResponse")

    async def _renew(self, request: Request) -> Answered:
        point = self._find(request)
        lifetime = self._lifetime(request.text("TerminationTime"), "wsnt:UnacceptableTerminationTimeFault")
        point.until = self._clock.monotonic() + lifetime
        now, end = self._times("wsnt", point)
        return Answered(element("wsnt:RenewResponse", end, now), f"{_MANAGER}/RenewResponse")

    async def _unsubscribe(self, request: Request) -> Answered:
        self._newsroom.close(self._find(request))
        return Answered(element("wsnt:UnsubscribeResponse"), f"{_MANAGER}/UnsubscribeResponse")

    def _find(self, request: Request) -> PullPoint:
        return self._newsroom.find(request.path.removeprefix(SUBSCRIPTION_PATH))

    def _lifetime(self, text: str, subcode: str) -> float:
        """Seconds from now; what is longer than we grant is cut, which the answer tells."""
        now = self._clock.now()
        try:
            lifetime = LIFETIME_S if not text else until(text, now) - now
        except Fault as error:
            raise invalid(str(error), subcode) from error
        if lifetime <= 0:
            raise invalid("that time is over", subcode)
        return min(lifetime, LIFETIME_MAX_S)

    def _times(self, prefix: str, point: PullPoint) -> tuple[Element, Element]:
        now = self._clock.now()
        end = now + max(0.0, point.until - self._clock.monotonic())
        return element(f"{prefix}:CurrentTime", utc(now)), element(f"{prefix}:TerminationTime", utc(end))


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not int(text[:9]) >= 1:
        raise invalid("MessageLimit must be a number of at least 1")
    return int(text[:9])


def _too_long() -> Fault:
    detail = element(
        "tev:PullMessagesFaultResponse",
        element("tev:MaxTimeout", f"PT{PULL_MAX_S:.0f}S"),
        element("tev:MaxMessageLimit", MESSAGES_MAX),
    )
    return Fault("ter:InvalidArgVal", f"Timeout is at most {PULL_MAX_S:.0f} s", detail=detail)


def _tell(notice: Notice) -> Element:
    topic = element("wsnt:Topic", notice.about.topic, Dialect=CONCRETE_SET)
    message = element("tt:Message", UtcTime=utc(notice.at))
    if notice.operation:
        message.set("PropertyOperation", notice.operation)
    for name, items in (("tt:Source", notice.about.source), ("tt:Data", notice.data)):
        message.append(element(name, *_items(items)))
    return element("wsnt:NotificationMessage", topic, element("wsnt:Message", message))


def _items(items: Items) -> list[Element]:
    return [element("tt:SimpleItem", Name=key, Value=value) for key, value in items]
