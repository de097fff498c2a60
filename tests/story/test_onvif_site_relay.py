"""`vigilanza relay` with an ONVIF device: killed and started again, the VMS gets what it missed."""

import socket
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import trustme
import yaml
from lxml import etree

from tests.commands import ENVIRON, Command, configuration, wait_until
from tests.onvif_site import PASSWORD, USER, envelope, journal, token
from tests.samples import BEGAN, break_in
from vigilanza.bridge.onvif_words import FORCED
from vigilanza.domain.alert import rfc3339
from vigilanza.domain.events import Event
from vigilanza.store.database import open_database

CLIP = "dev_pos_two_fast_kick"
ENVIRONMENT = ENVIRON | {"ONVIF_VMS_PASSWORD": PASSWORD}


class Vms:
    """Speaks TLS and knows the device by its authority."""

    def __init__(self, port: int, authority: Path) -> None:
        self._base = f"https://localhost:{port}"
        self._http = httpx.Client(
            verify=ssl.create_default_context(cafile=authority), trust_env=False, timeout=40.0, base_url=self._base
        )

    def ask(self, body: str, path: str = "/onvif/events") -> Any:
        answer = self._http.post(path, content=envelope(body, token(USER, PASSWORD)))
        assert answer.status_code == 200, answer.text
        return etree.fromstring(answer.content)

    def subscribe(self) -> str:
        address = str(self.ask("<tev:CreatePullPointSubscription/>").findtext(".//{*}Address"))
        assert address.startswith(self._base)
        return address.removeprefix(self._base)

    def is_there(self) -> bool:
        try:
            return self._http.post("/onvif/device_service", content=envelope("<tds:GetServices/>")).status_code == 200
        except httpx.HTTPError:
            return False

    def kinds(self, point: str) -> list[str]:
        """The vgz:Kind of each forced entry that one pull brings."""
        inside = "<tev:Timeout>PT20S</tev:Timeout><tev:MessageLimit>100</tev:MessageLimit>"
        found = []
        for message in self.ask(f"<tev:PullMessages>{inside}</tev:PullMessages>", point).iter("{*}NotificationMessage"):
            if message.findtext("{*}Topic") == FORCED:
                found += [one.get("Value") for one in message.iter("{*}SimpleItem") if one.get("Name") == "vgz:Kind"]
        return found

    def close(self) -> None:
        self._http.close()


def prepared(folder: Path) -> tuple[Path, int]:
    """A configuration with a device on a port that is free now."""
    authority = trustme.CA()
    own = authority.issue_cert("localhost")
    (folder / "site.pem").write_bytes(b"".join(part.bytes() for part in own.cert_chain_pems))
    own.private_key_pem.write_to_path(folder / "site.key")
    authority.cert_pem.write_to_path(folder / "authority.pem")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    path = configuration(folder, CLIP)
    document = yaml.safe_load(path.read_text("utf-8"))
    document["onvif_device"] = {
        **{"port": port, "certificate_file": "site.pem", "key_file": "site.key"},
        "accounts": [{"name": USER, "password_env": "ONVIF_VMS_PASSWORD"}],
    }
    path.write_text(yaml.safe_dump(document), "utf-8")
    return path, port


def at_our_door(config: Path, count: int) -> list[Event]:
    door = yaml.safe_load(config.read_text("utf-8"))["cameras"][0]["doors"]
    sealed = next(one["id"] for one in door if one["role"] == "sealed")
    return [replace(event, camera="cam", door=sealed) for event in break_in("a", count=count)]


def test_killed_and_started_again_the_vms_gets_what_it_missed(tmp_path: Path) -> None:
    config, port = prepared(tmp_path)
    book, events = journal(open_database(f"sqlite:///{tmp_path}/vigilanza.db")), at_our_door(config, 5)
    vms = Vms(port, tmp_path / "authority.pem")
    with Command("relay", "--config", config, environ=ENVIRONMENT, folder=tmp_path) as relay:
        wait_until("the device to answer", vms.is_there)
        point = vms.subscribe()
        assert vms.kinds(point) == []
        book.record(events[:2])
        assert vms.kinds(point) == ["tampering"]
        relay.kill()
    book.record(events[2:])
    with Command("relay", "--config", config, environ=ENVIRONMENT, folder=tmp_path) as relay:
        wait_until("the device to answer again", vms.is_there)
        point = vms.subscribe()
        vms.ask(f"<tev:Seek><tev:UtcTime>{rfc3339(BEGAN + 15)}</tev:UtcTime></tev:Seek>", point)
        assert vms.kinds(point) == ["door_opened", "entry", "closed"]
        assert relay.end() == 0
        assert PASSWORD not in relay.log
    vms.close()
