"""An alarm centre in the configuration: what it needs to know, and what is told of a wrong one."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.test_config_errors import complaint
from tests.unit.test_config_example import ENVIRON, EXAMPLE
from vigilanza.config import Dc09Link, load
from vigilanza.config.channels.dc09 import Key
from vigilanza.config.channels.hostport import split_host_port

SITE = """\
site: {id: "0423", name: via Esempio 4}
cameras:
  - id: landing
    source: rtsp://127.0.0.1:8554/main
    doors:
      - {id: flat-12, role: sealed, leaf: [[0.1, 0.1], [0.3, 0.1], [0.3, 0.5], [0.1, 0.5]]}
      - {id: flat-13, role: neighbour, leaf: [[0.5, 0.1], [0.7, 0.1], [0.7, 0.5], [0.5, 0.5]]}
"""
UNITS = "units: [{id: flat-12, zone: 12}]\n"
ARC = """\
destinations:
  - {id: arc, kind: control_room, channel: dc09, receivers: ["arc.example.org:7700"], account: "abc1"}
"""
KEYED = ARC.replace('"abc1"}', '"abc1", key_env: ARC_KEY}')


def link(folder: Path, text: str, environ: dict[str, str] | None = None) -> Dc09Link:
    path = folder / "cameras.yaml"
    path.write_text(text, "utf-8")
    given = load(path, environ=environ or {}).destinations[0].link
    assert isinstance(given, Dc09Link)
    return given


def test_the_example_names_a_centre() -> None:
    links = {endpoint.channel: endpoint.link for endpoint in load(EXAMPLE, environ=ENVIRON).destinations}
    assert links["dc09"] == Dc09Link(
        receivers=(("arc.example.org", 7700), ("arc2.example.org", 7700)),
        transport="tcp",
        format="sia",
        account="04230312",
        receiver_number="1",
        account_prefix="0",
        area=1,
        camera_zones={"b3-landing": 901, "b4-landing": 902},
        extended_data="time_and_place",
        key=Key(bytes(range(16))),
        allow_loopback=False,
    )
    assert "000102" not in repr(links["dc09"])
    assert "x01" not in repr(links["dc09"])


def test_the_least_that_is_needed(tmp_path: Path) -> None:
    bare = link(tmp_path, SITE + UNITS + ARC)
    [example] = [one.link for one in load(EXAMPLE, environ=ENVIRON).destinations if one.channel == "dc09"]
    assert isinstance(example, Dc09Link)
    assert (bare.account, bare.key, bare.camera_zones) == ("ABC1", None, {})
    for name in ("transport", "format", "receiver_number", "account_prefix", "area", "extended_data", "allow_loopback"):
        assert getattr(bare, name) == getattr(example, name), "the example shows the defaults"


@pytest.mark.parametrize("length", [16, 24, 32])
def test_keys_are_hexadecimal_digits_or_characters(tmp_path: Path, length: int) -> None:
    hexadecimal = link(tmp_path, SITE + UNITS + KEYED, {"ARC_KEY": "0f" * length})
    assert hexadecimal.key == Key(b"\x0f" * length)
    text = SITE + UNITS + KEYED.replace("key_env", "key_format: ascii, key_env")
    assert link(tmp_path, text, {"ARC_KEY": "k" * length}).key == Key(b"k" * length)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (UNITS, "", 'destinations[0].channel: alarm centres need numbers: give "flat-12" a zone under units'),
        (", zone: 12", "", 'alarm centres need numbers: give "flat-12" a zone under units'),
        ("arc.example.org:7700", "arc.example.org", "destinations[0].receivers[0]: give HOST:PORT"),
        ("arc.example.org:7700", "arc.example.org:0", "destinations[0].receivers[0]: give HOST:PORT"),
        ("arc.example.org:7700", "me@arc.example.org:1", "destinations[0].receivers[0]: give HOST:PORT"),
        ("arc.example.org:7700", "localhost:7700", "destinations[0].receivers[0]: points to this machine"),
        ('["arc.example.org:7700"]', "[]", "destinations[0].receivers: must have at least 1"),
        ('["arc.example.org:7700"]', '["a:1", "b:2", "c:3"]', "destinations[0].receivers: must have at most 2"),
        ('"abc1"', '"xyz"', "destinations[0].account: "),
        ('"abc1"', '"ab"', "destinations[0].account: "),
        ('"abc1"', '"abc1", area: 100', "destinations[0].area: must be at most 99"),
        ('"abc1"', '"abc1", format: cid', "destinations[0].format: must be sia or contact_id"),
        ('"abc1"', '"abc1", transport: tls', "destinations[0].transport: must be tcp or udp"),
        ('"abc1"', '"abc1", camera_zones: {other: 3}', 'camera_zones.other: there is no camera called "other"'),
        ('"abc1"', '"abc1", camera_zones: {landing: 12}', '12 is already the zone of unit "flat-12"'),
        ('"abc1"', '"abc1", camera_zones: {landing: 1000}', "camera_zones.landing: must be at most 999"),
        ('"abc1"', '"abc1", key_env: NO_KEY', "destinations[0].key_env: the environment variable NO_KEY is not set"),
        ('"abc1"', '"abc1", key_env: SHORT', "SHORT is wrong: a key is 32, 48 or 64 hexadecimal digits"),
        ('"abc1"', '"abc1", key_env: SHORT, key_format: ascii', "SHORT is wrong: a key is 16, 24 or 32 ASCII"),
        ('"abc1"', '"abc1", kye_env: SHORT', 'unknown key "kye_env", did you mean "key_env"?'),
        ("channel: dc09", "channel: dc9", 'did you mean "dc09"?'),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = SITE + UNITS + ARC
    assert old in text
    said = complaint(tmp_path, text.replace(old, new), {"SHORT": "0123"})
    assert told in said
    assert "0123" not in said


def test_each_sealed_door_without_a_number_is_named_once(tmp_path: Path) -> None:
    said = complaint(tmp_path, SITE + SITE.partition("cameras:\n")[2].replace("landing", "other") + ARC)
    assert said.count("alarm centres need numbers") == 1
    assert "flat-13" not in said


@pytest.mark.parametrize(
    ("value", "found"),
    [("arc:1", ("arc", 1)), ("10.0.0.7:7700", ("10.0.0.7", 7700)), ("[fd00::1]:99", ("fd00::1", 99))],
)
def test_a_place_is_host_and_port(value: str, found: Any) -> None:
    assert split_host_port(value) == found


@pytest.mark.parametrize(
    "value", ["", "arc", "arc:", ":1", "arc:x", "arc:99999", "a/b:1", "arc:1/x", "fd00::1:9", "a\n:1"]
)
def test_what_is_no_place(value: str) -> None:
    with pytest.raises(ValueError, match="HOST:PORT"):
        split_host_port(value)
