"""ONVIF events over MQTT."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from vigilanza.config.channels.broker import BrokerLink, BrokerPart
from vigilanza.config.fields import Surroundings
from vigilanza.config.problem import Place, Problem


@dataclass(frozen=True, slots=True)
class OnvifMqttLink:
    """`topic_prefix` None: VGZ-SITE."""

    broker: BrokerLink
    topic_prefix: str | None

    def prefix(self, site: str) -> str:
        """What all topics of the site begin with."""
        return self.topic_prefix or f"VGZ-{site}"


class OnvifMqttPart(BrokerPart):
    """A broker that takes ONVIF events in JSON."""

    channel: Annotated[Literal["onvif-mqtt"], Field(description="ONVIF events over MQTT 5 (onvif-ej).")]
    topic_prefix: Annotated[
        str | None,
        Field(pattern=r"^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$", max_length=200, description="Default VGZ-SITE."),
    ] = None

    def link(self, around: Surroundings) -> OnvifMqttLink:
        return OnvifMqttLink(self.broker(around), self.topic_prefix)

    @classmethod
    def crosscheck(cls, raw: dict[str, Any], place: Place) -> Iterator[Problem]:
        """States are told whole: one whose end is not told stays on for ever."""
        yield from super().crosscheck(raw, place)
        if raw.get("kind") == "control_room":
            yield Problem((*place, "kind"), "ONVIF events are states for a municipal_vms, not calls for a control_room")
        for key in ("events", "per_minute"):
            if raw.get(key) is not None:
                yield Problem((*place, key), f"states need every event: leave {key} out")
