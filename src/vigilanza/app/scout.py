"""Finds cameras and asks them for the page, as `vigilanza discover` and `vigilanza probe` do."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from ipaddress import IPv4Network
from typing import Any

from vigilanza.app.asked import read_target, source_of, trust_of
from vigilanza.app.board import FileBoard
from vigilanza.app.discover import SUBNET_MAX, read_subnet
from vigilanza.app.enter import enter
from vigilanza.app.probe import Finding
from vigilanza.app.reach import Known, Reach
from vigilanza.capture.advice import advise
from vigilanza.capture.description import CameraDescription
from vigilanza.capture.discovery import PATIENCE_S, Sighting, discover
from vigilanza.capture.onvif import OnvifClient
from vigilanza.capture.onvif_target import OnvifTarget, parse_target
from vigilanza.clock import Clock
from vigilanza.config.networks import Network
from vigilanza.domain.errors import CameraRefused
from vigilanza.web.find import Note, Question, Spotted
from vigilanza.web.layouts import Drawings
from vigilanza.wsdiscovery import PORT


class NetworkScout:
    """See Scout. `networks`: where may be looked, besides where the file of `board` has cameras."""

    def __init__(
        self,
        *,
        board: FileBoard,
        networks: Sequence[Network],
        clock: Clock,
        port: int = PORT,
        patience: float = PATIENCE_S,
    ) -> None:
        """`port` and `patience` are those of WS-Discovery."""
        self._board, self._networks, self._clock = board, networks, clock
        self._port, self._patience = port, patience

    def search(
        self, hosts: Sequence[str], subnets: Sequence[str], *, before: Note, stop: threading.Event
    ) -> Sequence[Spotted]:
        """See Scout."""
        networks = _read(subnets)
        before("networks", {"hosts": list(hosts), "subnets": list(subnets)})
        cameras = self._board.cameras()
        known, reach = Known(cameras), Reach(self._networks, cameras, clock=self._clock)
        for network in networks:
            reach.require_network(network)
        asked = [str(address) for network in networks for address in network.hosts()]
        asked += reach.addresses(hosts, field="hosts")
        found = discover(
            clock=self._clock,
            hosts=asked,
            interfaces=() if asked else None,
            patience=self._patience,
            port=self._port,
            stop=stop,
        )
        return [_spotted(one, known) for one in found]

    def probe(self, question: Question, *, before: Note, stop: threading.Event) -> Mapping[str, Any]:
        """See Scout."""
        target = read_target(question)
        before(source_of(target), {"signed_in": question.user is not None})
        known = Known(self._board.cameras())
        address = self._address(target)
        with trust_of(question, target) as trust:
            client = OnvifClient(
                target=replace(target, host=address),
                user=question.user,
                password=question.password,
                trust=trust,
            )
            described = client.describe(stop)
        told = {"source": source_of(target), "camera": known.camera(target.host, target.port)}
        return told | _told(described)

    def add(
        self, camera: str, question: Question, *, digest: str, before: Callable[[Mapping[str, object]], None]
    ) -> Drawings:
        """See Scout."""
        target = read_target(question)
        self._address(target)
        return enter(self._board, camera, source_of(target), question, digest=digest, before=before)

    def _address(self, target: OnvifTarget) -> str:
        reach = Reach(self._networks, self._board.cameras(), clock=self._clock)
        [address] = reach.addresses([target.host], field="address")
        return address


def _read(subnets: Sequence[str]) -> list[IPv4Network]:
    try:
        networks = [read_subnet(subnet) for subnet in subnets]
    except ValueError as error:
        raise CameraRefused("subnets", str(error)) from error
    if sum(network.num_addresses for network in networks) > SUBNET_MAX:
        raise CameraRefused("subnets", f"more than {SUBNET_MAX} addresses in all: ask in parts")
    return networks


def _spotted(sighting: Sighting, known: Known) -> Spotted:
    target = parse_target(sighting.target)
    camera = known.camera(target.host, target.port)
    return Spotted(sighting.target, sighting.name, sighting.hardware, sighting.xaddr, camera)


def _told(described: CameraDescription) -> dict[str, Any]:
    """As `vigilanza probe --json`, its advice in both languages."""
    advice = zip(advise(described, "it"), advise(described, "en"), strict=True)
    return Finding.of(described, None, {}).told() | {
        "advice": [
            {"about": english.about}
            | {key: {"it": asdict(italian)[key], "en": asdict(english)[key]} for key in ("found", "do")}
            for italian, english in advice
        ]
    }
