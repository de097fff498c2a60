"""The topics as GetEventProperties describes them."""

from vigilanza.bridge.onvif_device.soap import Element, element, qname
from vigilanza.bridge.onvif_words import TEST, TOPICS, Description

OFFERED = tuple(topic for topic in TOPICS if topic != TEST)
"""A test of a line is told at a broker only: a device has no such line."""


def topic_set() -> Element:
    """A wstop:TopicSet. Below a topic's root no element has a namespace, but for our own (WS-Topics 1.3)."""
    root = element("wstop:TopicSet")
    for topic in OFFERED:
        place = root
        for step in topic.split("/"):
            found = place.find(qname(step))
            if found is None:
                found = element(step)
                place.append(found)
            place = found
        place.set(qname("wstop:topic"), "true")
        place.append(_describe(TOPICS[topic]))
    return root


def _describe(description: Description) -> Element:
    made = element("tt:MessageDescription")
    made.set("IsProperty", str(description.is_property).lower())
    for name, items in (("tt:Source", description.source), ("tt:Data", description.data)):
        told = [element("tt:SimpleItemDescription", Name=key, Type=kind) for key, kind in items]
        made.append(element(name, *told))
    return made
