"""What a part of the device is: operations by name."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from vigilanza.bridge.onvif_device.soap import NAMESPACES, Element, Request, element


@dataclass(frozen=True, slots=True)
class Answered:
    """The body of an answer and its wsa:Action, if the operation has one.

    `unsent` is called if it could not be given to the network after all.
    """

    body: Element
    action: str = ""
    unsent: Callable[[], None] | None = None


Answer: TypeAlias = Callable[[Request], Awaitable[Answered]]


class Service(Protocol):
    """Its operations are named `prefix:Name`, with a prefix of NAMESPACES."""

    @property
    def operations(self) -> Mapping[str, Answer]:
        """Of this part."""
        ...


def at_once(make: Callable[[Request], Element]) -> Answer:
    """An operation that waits for nothing."""

    async def answer(request: Request) -> Answered:
        return Answered(make(request))

    return answer


def constant(name: str, *content: Element | str) -> Answer:
    """An operation that always says the same: an element `name` with `content`."""
    return at_once(lambda _: element(name, *(part() if callable(part) else part for part in content)))


@dataclass(frozen=True, slots=True)
class Address:
    """Where a service is, and which version of the specification it follows."""

    prefix: str
    path: str
    major: int
    minor: int

    @property
    def namespace(self) -> str:
        """Of its operations."""
        return NAMESPACES[self.prefix]

    def at(self, base: str) -> str:
        """Its XAddr as this asker reaches us."""
        return f"{base}{self.path}"


ADDRESSES = {
    one.prefix: one
    for one in (
        Address("tds", "/onvif/device_service", 22, 12),
        Address("trt", "/onvif/media", 22, 12),
        Address("tr2", "/onvif/media2", 22, 12),
        Address("tev", "/onvif/events", 22, 12),
        Address("tmd", "/onvif/deviceio", 22, 12),
        Address("tan", "/onvif/analytics", 22, 12),
    )
}
