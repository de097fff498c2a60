"""Cameras are found by WS-Discovery: over loopback, one by one, and whatever their answers look like."""

import threading

from vigilanza.capture.discovery import Sighting, discover
from vigilanza.clock import SystemClock
from vigilanza.lab.onvif_discovery import DiscoveryAnswerer, Manner

CLOCK = SystemClock()


def answerer(*xaddrs: str, name: str = "Scala B", port: int = 0, manner: Manner = "standard") -> DiscoveryAnswerer:
    return DiscoveryAnswerer(name=name, hardware="Sim Cam", xaddrs=lambda: xaddrs, port=port, manner=manner)


def test_a_camera_on_an_asked_network_is_found_once_and_by_its_own_name() -> None:
    with answerer("http://127.0.0.1:8899/onvif/device_service") as one:
        found = discover(clock=CLOCK, interfaces=["lo"], patience=1.0, port=one.port)
        assert found == (
            Sighting("127.0.0.1", "Scala B", "Sim Cam", "http://127.0.0.1:8899/onvif/device_service", one.endpoint),
        )
        assert found[0].target == "127.0.0.1:8899"
        assert one.probes > 1, "asked in several ways, counted once"


def test_hosts_are_asked_by_themselves_and_those_that_are_not_there_hide_nobody() -> None:
    with answerer("http://127.0.0.1/onvif/device_service", manner="sloppy") as one:
        hosts = ["127.0.0.9", "no-such-host.invalid", *["127.0.0.8"] * 40, "127.0.0.1"]
        found = discover(clock=CLOCK, hosts=hosts, interfaces=(), patience=1.0, port=one.port)
        assert [(each.target, each.name, each.hardware) for each in found] == [("127.0.0.1", "Scala B", "Sim Cam")]


def test_nobody_is_asked_on_networks_that_were_not_named() -> None:
    with answerer("http://127.0.0.1/onvif/device_service") as one:
        assert discover(clock=CLOCK, interfaces=(), patience=0.2, port=one.port) == ()
        assert one.probes == 0


def test_it_ends_when_nobody_waits_any_more() -> None:
    stop, began = threading.Event(), CLOCK.monotonic()
    stop.set()
    assert discover(clock=CLOCK, interfaces=(), patience=60.0, stop=stop) == ()
    assert CLOCK.monotonic() - began < 30.0
