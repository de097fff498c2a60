"""Who searches the network from another machine finds the site that `vigilanza relay` shows: we and others."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commands import ENVIRON, Command, configuration
from tests.onvif_site import PASSWORD, USER
from tests.peers.installed import HERE, module_of, need_namespaces, node, python_of
from tests.peers.namespace import OURS, Namespace
from vigilanza.bridge.onvif_device.identity import Identity
from vigilanza.bridge.onvif_device.place import Place

PORT = 8899
XADDR = f"http://{OURS}:{PORT}/onvif/device_service"
IDENTITY = Identity.of(Place.of(site="0423", name="via Esempio 4", doors={}), streams=False, discoverable=True)
ENVIRONMENT = ENVIRON | {"ONVIF_VMS_PASSWORD": PASSWORD}


def configured(folder: Path, **changes: Any) -> Path:
    path = configuration(folder, "dev_pos_two_fast_kick")
    document = yaml.safe_load(path.read_text("utf-8"))
    accounts = [{"name": USER, "password_env": "ONVIF_VMS_PASSWORD"}]
    document["onvif_device"] = {"host": OURS, "port": PORT, "plain_http": True, "accounts": accounts} | changes
    path.write_text(yaml.safe_dump(document), "utf-8")
    return path


@contextmanager
def two_machines() -> Iterator[Namespace]:
    need_namespaces()
    with Namespace() as it:
        yield it


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Namespace]:
    """The other machine, while the relay runs on all addresses of this one."""
    folder = tmp_path_factory.mktemp("site")
    config = configured(folder, host="0.0.0.0")
    with two_machines() as network, Command("relay", "--config", config, environ=ENVIRONMENT, folder=folder) as relay:
        relay.said("ONVIF device can be found")
        yield network
        assert relay.end() == 0


def searched(network: Namespace, folder: Path, *command: str | Path) -> list[Any]:
    """What it prints: a JSON value in each line, or one list of them."""
    process = network.start(command, folder=folder)
    assert process.wait(60) in (0, 1)
    found = [json.loads(line) for line in (folder / "output").read_text("utf-8").splitlines()]
    return found[0] if found and isinstance(found[0], list) else found


def ours(*arguments: str) -> Sequence[str]:
    return [sys.executable, "-m", "vigilanza", "discover", "--json", "--wait", "2", *arguments]


@pytest.mark.parametrize("where", [(), ("--host", OURS), ("--interface", "eth0")], ids=["all", "host", "interface"])
def test_our_own_search_finds_it_at_the_address_by_which_it_asked(
    elsewhere: Namespace, tmp_path: Path, where: Sequence[str]
) -> None:
    (found,) = searched(elsewhere, tmp_path, *ours(*where))
    assert found == {
        **{"address": f"{OURS}:{PORT}", "name": "via Esempio 4", "hardware": "vigilanza"},
        **{"xaddr": XADDR, "endpoint": IDENTITY.endpoint},
    }


def test_npm_onvif_finds_it(elsewhere: Namespace, tmp_path: Path) -> None:
    assert searched(elsewhere, tmp_path, node(), HERE / "onvif_discovery.js", module_of("onvif"), "eth0") == [XADDR]


def test_onvif_python_finds_it(elsewhere: Namespace, tmp_path: Path) -> None:
    python = python_of("onvif-python")
    (found,) = searched(elsewhere, tmp_path, python, HERE / "onvif_python_discovery.py")
    assert (found["xaddrs"], found["scopes"]) == ([XADDR], list(IDENTITY.scopes))
    assert found["epr"] == IDENTITY.endpoint


@pytest.mark.parametrize(("site", "there"), [("0423", True), ("0424", False)])
def test_wsdiscovery_finds_it_by_its_site(elsewhere: Namespace, tmp_path: Path, site: str, there: bool) -> None:
    python = python_of("wsdiscovery")
    scope = f"onvif://www.onvif.org/location/{site}"
    found = searched(elsewhere, tmp_path, python, HERE / "wsdiscovery_search.py", scope)
    assert [one["epr"] for one in found] == [IDENTITY.endpoint] * there
    for one in found:
        assert (one["xaddrs"], one["types"]) == ([XADDR], ["Device", "NetworkVideoTransmitter"])
