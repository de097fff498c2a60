"""A centre's alerts say where the site is: whoever drives to the centre comes too late."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from lxml import etree

from tests.alerts import decided
from tests.centre import centre_file, new_key, read
from vigilanza.app.premises import premises
from vigilanza.bridge.cap import CapWriter
from vigilanza.bridge.dc09_frame import Token
from vigilanza.bridge.dc09_message import Wording, messages
from vigilanza.bridge.xprotect_event import encode_event
from vigilanza.domain.delivery import Alert
from vigilanza.domain.premises import Position, Premises

SITE = Premises(
    "0423", "via Esempio 9", address="via Esempio 9", municipality="Rho", istat="015182", position=Position(45.53, 9.04)
)
CENTRE = Premises(
    "centre",
    "Centrale",
    address="viale Romagna 26",
    municipality="Milano",
    istat="015146",
    position=Position(45.47, 9.23),
    sites={"0423": SITE},
)


def confirmed(door: str | None) -> Alert:
    alert = decided(None if door is None else f"0423/{door}", avs=3)
    return replace(alert, data=alert.data | {"camera": "0423/stairs-3"})


def written(alert: Alert) -> list[str]:
    """By each channel that tells a place."""
    writer = CapWriter(premises=CENTRE, destination="room", sender="vigilanza@aler.example.it", addresses=())
    frames = messages(alert, premises=CENTRE, wording=Wording("1234", Token.SIA))
    return [
        etree.tostring(writer.write(alert), encoding="unicode"),
        " ".join(value for frame in frames for _, value in frame.extended),
        encode_event(alert, premises=CENTRE, cameras={}).decode(),
    ]


@pytest.mark.parametrize("door", ["B.03.12", None])
def test_every_channel_tells_where_the_site_is(door: str | None) -> None:
    for told in written(confirmed(door)):
        assert "Rho, via Esempio 9" in told
        assert not [wrong for wrong in ("Milano", "viale Romagna", "015146", "45.47") if wrong in told]


def test_the_centres_configuration_says_where_each_site_is(tmp_path: Path) -> None:
    for name in ("0423", "0424"):
        new_key(tmp_path, name)
    path = centre_file(
        tmp_path, nats="nats://127.0.0.1:9", sites=["0423", "0424"], database=f"sqlite:///{tmp_path}/c.db"
    )
    document = yaml.safe_load(path.read_text("utf-8"))
    where = {"address": "via Esempio 9", "municipality": "Rho", "istat": "015182"}
    document["centre"]["sites"][0] |= {**where, "position": {"latitude": 45.53, "longitude": 9.04}}
    path.write_text(yaml.safe_dump(document), "utf-8")
    here = premises(read(path))
    assert here.whose("0423/B.03.12").place("0423/B.03.12") == "Rho, via Esempio 9, 0423/B.03.12"
    assert here.whose(None, "0423/stairs-3").position == Position(45.53, 9.04)
    assert here.whose("0424/B.03.12").place(None) == "Site 0424"
