"""Finds cameras and asks them for the page, as `vigilanza discover` and `vigilanza probe` do."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from ipaddress import IPv4Network
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography.x509 import load_pem_x509_certificates

from vigilanza.app.discover import read_subnet
from vigilanza.app.probe import Finding
from vigilanza.app.reach import Known, Reach
from vigilanza.capture.advice import advise
from vigilanza.capture.description import CameraDescription
from vigilanza.capture.discovery import PATIENCE_S, Sighting, discover
from vigilanza.capture.onvif import OnvifClient
from vigilanza.capture.onvif_target import PORT as HTTP_PORT
from vigilanza.capture.onvif_target import TLS_PORT, OnvifTarget, parse_target
from vigilanza.capture.trust import Trust
from vigilanza.clock import Clock
from vigilanza.config import Camera
from vigilanza.config.networks import Network
from vigilanza.domain.errors import CameraRefused
from vigilanza.web.find import Note, Question, Spotted
from vigilanza.wsdiscovery import PORT


class NetworkScout:
    """See Scout. `cameras` are those of the configuration's file now; `networks`: where may be looked besides."""

    def __init__(
        self,
        *,
        cameras: Callable[[], Sequence[Camera]],
        networks: Sequence[Network],
        clock: Clock,
        port: int = PORT,
        patience: float = PATIENCE_S,
    ) -> None:
        """`port` and `patience` are those of WS-Discovery."""
        self._cameras, self._networks, self._clock = cameras, networks, clock
        self._port, self._patience = port, patience

    def search(
        self, hosts: Sequence[str], subnets: Sequence[str], *, before: Note, stop: threading.Event
    ) -> Sequence[Spotted]:
        """See Scout."""
        networks = [_subnet(subnet) for subnet in subnets]
        before("networks", {"hosts": list(hosts), "subnets": list(subnets)})
        cameras = self._cameras()
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
        target = _target(question)
        before(source_of(target), {"signed_in": question.user is not None})
        cameras = self._cameras()
        known, reach = Known(cameras), Reach(self._networks, cameras, clock=self._clock)
        [address] = reach.addresses([target.host], field="address")
        with _trust(question, target) as trust:
            client = OnvifClient(
                target=replace(target, host=address),
                user=question.user,
                password=question.password,
                trust=trust,
                may_be_sent_on=False,
            )
            described = client.describe(stop)
        told = {"source": source_of(target), "camera": known.camera(target.host, target.port)}
        return told | _told(described)


def source_of(target: OnvifTarget) -> str:
    """As the configuration's `source`."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    usual = TLS_PORT if target.secure else HTTP_PORT
    return f"onvif{'s' if target.secure else ''}://{host}{'' if target.port == usual else f':{target.port}'}"


def _subnet(text: str) -> IPv4Network:
    try:
        return read_subnet(text)
    except ValueError as error:
        raise CameraRefused("subnets", str(error)) from error


def _spotted(sighting: Sighting, known: Known) -> Spotted:
    target = parse_target(sighting.target)
    camera = known.camera(target.host, target.port)
    return Spotted(sighting.target, sighting.name, sighting.hardware, sighting.xaddr, camera)


def _target(question: Question) -> OnvifTarget:
    try:
        target = parse_target(question.address)
    except ValueError as error:
        raise CameraRefused("address", str(error)) from error
    if (question.user is None) is not (question.password is None):
        raise CameraRefused("user", "a user and a password belong together")
    if target.secure and question.certificate is None:
        raise CameraRefused("certificate", "onvifs:// needs it: the PEM of the camera's authority, or its own")
    return target


@contextmanager
def _trust(question: Question, target: OnvifTarget) -> Iterator[Trust | None]:
    """Under the name that was asked for, whatever its address."""
    if question.certificate is None:
        yield None
        return
    raw = question.certificate.encode()
    try:
        load_pem_x509_certificates(raw)
    except ValueError as error:
        raise CameraRefused("certificate", "no PEM: it begins with -----BEGIN CERTIFICATE-----") from error
    with TemporaryDirectory(prefix="vigilanza-") as folder:
        path = Path(folder) / "camera.pem"
        path.write_bytes(raw)
        yield Trust(path, question.tls_name or target.host)


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
