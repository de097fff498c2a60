"""The site is found by those who search the network, and by nothing that they send is it kept from that."""

import socket
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from lxml import etree
from structlog.testing import capture_logs

from tests.commands import wait_until
from tests.onvif_announced import (
    HOST,
    IDENTITY,
    XADDR,
    Announced,
    announced,
    announcer,
    free_port,
    probe,
    resolve,
    running,
)
from tests.onvif_site import PLACE, Client, onvif_site
from tests.peers.installed import need_namespaces
from tests.peers.namespace import OURS, Namespace
from vigilanza.bridge.onvif_device.allowance import PER_ADDRESS_MAX
from vigilanza.bridge.onvif_device.announcer import LOOK_S
from vigilanza.bridge.onvif_device.discovery_line import DATAGRAM_MAX_BYTES
from vigilanza.capture.discovery import Sighting, discover
from vigilanza.clock import SystemClock
from vigilanza.store.database import open_database
from vigilanza.wsdiscovery import GROUP

CLOCK = SystemClock()
FLOOD = 80
"""What a socket takes before it is read."""


class HastyClock(SystemClock):
    """Does not wait long before it tries again."""

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        return super().wait(min(seconds, 0.05), stop)


class LeapingClock(SystemClock):
    """Goes ahead when told."""

    ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


def test_our_own_search_finds_it_by_the_group_and_by_its_address() -> None:
    seen = (Sighting(HOST, PLACE.name, "vigilanza", XADDR, IDENTITY.endpoint),)
    with announced() as site:
        port = site.ear.port
        assert discover(clock=CLOCK, interfaces=["lo"], patience=1.0, port=port) == seen
        assert discover(clock=CLOCK, hosts=[HOST], interfaces=(), patience=1.0, port=port) == seen
        assert site.figure("answers") == 6


def test_it_greets_at_the_start_and_takes_leave_at_the_end() -> None:
    with announced() as site:
        hello = site.hello
        site.stop.set()
        bye = site.ear.announcement()
    assert (hello.kind, bye.kind) == ("Hello", "Bye")
    assert {one.text(".//a:EndpointReference/a:Address") for one in (hello, bye)} == {IDENTITY.endpoint}
    assert hello.text(".//d:XAddrs") == XADDR
    assert hello.text(".//d:Types").split() == ["dn:NetworkVideoTransmitter", "tds:Device"]
    assert tuple(hello.text(".//d:Scopes").split()) == IDENTITY.scopes
    assert int(hello.text(".//d:MetadataVersion")) > 0
    numbers = [int(one.root.find(".//{*}AppSequence").get("MessageNumber")) for one in (hello, bye)]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("to", [HOST, GROUP])
def test_who_knows_the_endpoint_learns_the_address(to: str) -> None:
    with announced() as site:
        heard = site.ear.ask(resolve(IDENTITY.endpoint), to)
        assert (heard.kind, heard.text(".//d:ResolveMatch/d:XAddrs")) == ("ResolveMatches", XADDR)
        assert heard.text(".//a:RelatesTo") == "urn:uuid:2"
        assert site.ear.is_passed_over(resolve("urn:uuid:00000000-0000-0000-0000-000000000000"))


def test_what_all_were_asked_is_answered_after_a_while_and_what_we_alone_were_asked_at_once() -> None:
    with announced(delay=0.5) as site:
        site.ear.send(probe(message_id="urn:all"), GROUP)
        asked = CLOCK.monotonic()
        assert site.ear.ask(probe(message_id="urn:one")).text(".//a:RelatesTo") == "urn:one"
        late = site.ear.answer()
        assert late is not None
        assert late.text(".//a:RelatesTo") == "urn:all"
        assert CLOCK.monotonic() - asked >= 0.4


def test_over_http_it_says_the_same(tmp_path: Path) -> None:
    with onvif_site(open_database(f"sqlite:///{tmp_path}/vigilanza.db")) as site, announced() as found:
        client = Client(site)
        heard = found.ear.ask(probe())
        assert client.simple("tds:GetEndpointReference").text("GUID") == heard.text(".//a:EndpointReference/a:Address")
        scopes = client.simple("tds:GetScopes").texts("ScopeItem")
        assert ["onvif://www.onvif.org/type/video_encoder", *scopes] == heard.text(".//d:Scopes").split()
        assert client.simple("tds:GetDiscoveryMode").text("DiscoveryMode") == "NonDiscoverable"
    with onvif_site(open_database(f"sqlite:///{tmp_path}/other.db"), discoverable=True) as site:
        client = Client(site)
        assert client.simple("tds:GetDiscoveryMode").text("DiscoveryMode") == "Discoverable"
        (system,) = client.simple("tds:GetServiceCapabilities").body.iter("{*}System")
        told = [system.get(name) for name in ("DiscoveryResolve", "DiscoveryBye", "DiscoveryNotSupported")]
        assert told == ["true", "true", "false"]


BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"\xff\x00garbage", "garbage"),
        (b"<a/>", "garbage"),
        (BOMB, "garbage"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd">' + probe(), "garbage"),
        (probe(message_id=""), "garbage"),
        (probe(message_id="urn:" + "x" * 1000), "garbage"),
        (probe("x" * DATAGRAM_MAX_BYTES), "size"),
        (b"x" * 65507, "size"),
    ],
    ids=["noise", "no envelope", "bomb", "from outside", "no id", "endless id", "too long", "huge"],
)
def test_what_is_no_question_is_counted_and_passed_over(raw: bytes, why: str) -> None:
    with announced() as site:
        assert site.ear.is_passed_over(raw)
        assert site.figure("ignored", why=why) == 1


def test_an_answer_of_its_own_is_not_answered() -> None:
    with announced() as site:
        theirs = site.ear.ask(probe())
        assert site.ear.is_passed_over(bytes(etree.tostring(theirs.root)))


def test_it_is_not_found_at_an_address_at_which_the_device_does_not_listen() -> None:
    with announced() as site:
        assert site.ear.is_passed_over(probe(), "127.0.0.9")


def test_a_flood_is_answered_as_far_as_it_goes_and_counted() -> None:
    with announced() as site:
        for _ in range(FLOOD):
            site.ear.send(probe(), GROUP)
        wait_until(
            "the flood to be read", lambda: site.figure("answers") + site.figure("ignored", why="flood") == FLOOD
        )
        assert 0 < site.figure("answers") <= PER_ADDRESS_MAX * 2
        assert found_again(site)


def found_again(site: Announced) -> bool:
    return wait_until(
        "the next second", lambda: discover(clock=CLOCK, interfaces=["lo"], patience=0.3, port=site.ear.port) != ()
    )


def test_a_port_that_is_taken_is_a_warning_and_tried_again() -> None:
    port = free_port()
    with capture_logs() as logs, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("0.0.0.0", port))
        with running(announcer(port, clock=HastyClock())):
            wait_until("the warning", lambda: logs)
            assert logs[0]["event"] == "ONVIF device cannot be found by WS-Discovery"
            assert (logs[0]["log_level"], logs[0]["port"]) == ("warning", f"{port}/udp")
            assert logs[0]["why"] == "Address already in use"
            taken.close()
            wait_until("it to be found", lambda: discover(clock=CLOCK, hosts=[HOST], patience=0.3, port=port))


def test_a_network_without_multicast_is_a_warning_and_nothing_ends() -> None:
    with capture_logs() as logs, running(announcer(free_port(), host="203.0.113.9", clock=CLOCK)):
        wait_until("the warning", lambda: [line for line in logs if line["log_level"] == "warning"])
    (warning,) = [line for line in logs if line["log_level"] == "warning"]
    assert warning["event"] == "ONVIF device cannot be found on this network"
    assert (warning["address"], warning["group"]) == ("203.0.113.9", GROUP)


def test_an_interface_that_was_made_anew_between_two_looks_is_joined_anew() -> None:
    need_namespaces()
    port, clock = free_port(), LeapingClock()

    def found(interface: str) -> bool:
        return discover(clock=CLOCK, interfaces=[interface], patience=0.3, port=port) != ()

    with ExitStack() as stack:
        with Namespace() as before:
            stack.enter_context(running(announcer(port, host=OURS, clock=clock)))
            wait_until("it to be found", lambda: found(before.interface))
        after = stack.enter_context(Namespace())  # the same address, by another interface
        clock.ahead = LOOK_S
        wait_until("it to be found again", lambda: found(after.interface))
