"""Cameras are found by WS-Discovery: over loopback, one by one, and whatever their answers look like."""

import socket
import threading
from concurrent.futures import Future

import pytest

from vigilanza.capture.discovery import Sighting, discover
from vigilanza.clock import SystemClock
from vigilanza.lab.onvif_discovery import Announced, DiscoveryAnswerer, Manner

CLOCK = SystemClock()
ENDPOINT = Announced("Scala B", "", tuple).endpoint


def answerer(*xaddrs: str, name: str = "Scala B", port: int = 0, manner: Manner = "standard") -> DiscoveryAnswerer:
    return DiscoveryAnswerer(Announced(name, "Sim Cam", lambda: xaddrs), port=port, manner=manner)


def test_a_camera_on_an_asked_network_is_found_once_and_by_its_own_name() -> None:
    with answerer("http://127.0.0.1:8899/onvif/device_service") as one:
        found = discover(clock=CLOCK, interfaces=["lo"], patience=1.0, port=one.port)
        assert found == (
            Sighting("127.0.0.1", "Scala B", "Sim Cam", "http://127.0.0.1:8899/onvif/device_service", ENDPOINT),
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


@pytest.mark.parametrize("is_stopped", [False, True])
def test_who_sends_without_end_keeps_nobody(is_stopped: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody on the network can: then it ends as late as else, and as soon as it is stopped."""
    stop, found = threading.Event(), Future[object]()
    patience = 600.0 if is_stopped else 1.0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        device.bind(("127.0.0.1", 0))
        asking: list[tuple[str, int]] = []

        def read(_raw: bytes, _sender: str) -> list[Sighting]:
            """As a device that has sent the next one before this one is read."""
            if is_stopped:
                stop.set()
            device.sendto(b"noise", asking[0])
            return []

        def ask() -> None:
            port = device.getsockname()[1]
            found.set_result(
                discover(clock=CLOCK, hosts=["127.0.0.1"], interfaces=(), patience=patience, port=port, stop=stop)
            )

        monkeypatch.setattr("vigilanza.capture.discovery.read_matches", read)
        threading.Thread(target=ask, daemon=True).start()
        asking.append(device.recvfrom(65535)[1])
        device.sendto(b"noise", asking[0])
        assert found.result(20.0) == ()
