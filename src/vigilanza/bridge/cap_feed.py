"""The pull feed: an Atom list (RFC 4287) of the messages that count now, for receivers that nobody can reach."""

from datetime import UTC, datetime
from urllib.parse import quote

from lxml import etree

from vigilanza.bridge.cap import place_in
from vigilanza.bridge.cap_desk import CapPeer
from vigilanza.domain.alert import rfc3339
from vigilanza.domain.delivery import Alert
from vigilanza.store.mailbox import Mailbox

ATOM = "http://www.w3.org/2005/Atom"


class CapFeed:
    """What one peer may fetch: the last message of each incident until it expires; those before are replaced by it.

    Every method may raise JournalUnavailable.
    """

    def __init__(self, *, peer: CapPeer, mailbox: Mailbox) -> None:
        self._peer, self._mailbox = peer, mailbox

    def page(self, now: float) -> bytes:
        """The list, newest first; each entry links to its message, relative to the feed."""
        feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
        active = [alert for alert in self._mailbox.latest(now) if self._peer.writer.expires_at(alert) > now]
        _add(feed, "id", f"urn:vigilanza:cap:{self._peer.id}")
        _add(feed, "title", f"Vigilanza: {self._peer.id}")
        _add(feed, "updated", rfc3339(max((alert.at for alert in active), default=now)))
        etree.SubElement(_add(feed, "author"), f"{{{ATOM}}}name").text = "Vigilanza"
        for alert in active:
            self._enter(feed, alert)
        return bytes(etree.tostring(feed, xml_declaration=True, encoding="UTF-8"))

    def message(self, identifier: str) -> bytes | None:
        """The signed message of that identifier, also one that is replaced or expired; None if it is not the peer's."""
        place = place_in(identifier)
        letter = None if place is None else self._mailbox.find(*place)
        if letter is None or self._name(letter.alert) != identifier:
            return None
        return self._peer.message(letter.alert)

    def _enter(self, feed: etree._Element, alert: Alert) -> None:
        entry, name = _add(feed, "entry"), self._name(alert)
        _add(entry, "id", f"urn:vigilanza:alert:{alert.id}")
        _add(entry, "title", name)
        _add(entry, "updated", datetime.fromtimestamp(alert.at, UTC).isoformat(timespec="seconds"))
        link = _add(entry, "link")
        link.set("rel", "alternate")
        link.set("type", "application/cap+xml")
        link.set("href", f"cap/{quote(name)}")

    def _name(self, alert: Alert) -> str:
        return self._peer.writer.name(alert.incident, alert.sequence, alert.at).identifier


def _add(parent: etree._Element, tag: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{ATOM}}}{tag}")
    element.text = text
    return element
