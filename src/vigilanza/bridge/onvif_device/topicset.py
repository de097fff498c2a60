"""The topics as GetEventProperties describes them."""

from dataclasses import dataclass

from vigilanza.bridge.onvif_device import topics
from vigilanza.bridge.onvif_device.soap import Element, element, qname


@dataclass(frozen=True, slots=True)
class Description:
    """Items by name and type."""

    source: tuple[tuple[str, str], ...]
    data: tuple[tuple[str, str], ...]
    is_property: bool = True


_TOKEN, _STATE = "tt:ReferenceToken", (("State", "xs:boolean"),)
_RULE = (("VideoSource", _TOKEN), ("Rule", "xs:string"))
_VIEW = Description((("Source", _TOKEN),), _STATE)

TOPICS: dict[str, Description] = {
    topics.FORCED: Description(
        (*_RULE, ("vgz:UnitCode", "xs:string")),
        (
            *_STATE,
            ("vgz:Status", "xs:string"),
            ("vgz:IncidentId", "xs:string"),
            ("vgz:Kind", "xs:string"),
            ("vgz:Confidence", "xs:float"),
            ("vgz:AVSLevel", "xs:int"),
        ),
    ),
    topics.DECIDED: Description(
        (("VideoSource", _TOKEN),),
        (
            ("vgz:Status", "xs:string"),
            ("vgz:IncidentId", "xs:string"),
            ("vgz:UnitCode", "xs:string"),
            ("vgz:AVSLevel", "xs:int"),
        ),
        is_property=False,
    ),
    topics.INSIDE: Description(_RULE, (("IsInside", "xs:boolean"),)),
    topics.LOITERS: Description(_RULE, (*_STATE, ("Since", "xs:dateTime"))),
    topics.INPUT: Description((("InputToken", _TOKEN),), (("LogicalState", "xs:boolean"),)),
    topics.BEGIN: Description((), (), is_property=False),
    **dict.fromkeys((topics.SCENE, topics.BLURRY, topics.DARK, topics.LOST, topics.FROZEN), _VIEW),
}


def topic_set() -> Element:
    """A wstop:TopicSet. Below a topic's root no element has a namespace, but for our own (WS-Topics 1.3)."""
    root = element("wstop:TopicSet")
    for topic, description in TOPICS.items():
        place = root
        for step in topic.split("/"):
            found = place.find(qname(step))
            if found is None:
                found = element(step)
                place.append(found)
            place = found
        place.set(qname("wstop:topic"), "true")
        place.append(_describe(description))
    return root


def _describe(description: Description) -> Element:
    made = element("tt:MessageDescription")
    made.set("IsProperty", str(description.is_property).lower())
    for name, items in (("tt:Source", description.source), ("tt:Data", description.data)):
        told = [element("tt:SimpleItemDescription", Name=key, Type=kind) for key, kind in items]
        made.append(element(name, *told))
    return made
