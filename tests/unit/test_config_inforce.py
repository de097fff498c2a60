"""The configuration as it counts: what protects less only as far as two persons approved it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeClock
from tests.webhook import SECRET
from vigilanza.app.safeguards import settled, written
from vigilanza.config import Config, WebhookLink, load
from vigilanza.domain.door import Polygon, Role
from vigilanza.store.database import open_database
from vigilanza.store.safeguards import SafeguardBook, digest_of

ENVIRON = {"CAMERA_PASSWORD": "not-in-any-file", "CITY_SECRET": SECRET}
LEAF = [[0.1, 0.1], [0.3, 0.1], [0.3, 0.5], [0.1, 0.5]]
MASK = [[0.6, 0.3], [0.7, 0.3], [0.7, 0.4]]
DOORS = [{"id": "12", "role": "sealed", "leaf": LEAF}, {"id": "13", "role": "neighbour", "leaf": LEAF}]
CITY = {
    "id": "city",
    "kind": "municipal_vms",
    "channel": "webhook",
    "url": "https://city.example/alerts",
    "secret_env": "CITY_SECRET",
}
OFFICE = {
    "issuer": "https://id.example",
    "client_id": "vigilanza",
    "client_secret_env": "OIDC_SECRET",
    "redirect_url": "https://page.example/api/oidc/callback",
    "label": "Comune",
    "roles": {"vgz-operators": "operator"},
}


def site(**changes: Any) -> dict[str, Any]:
    login = {"user": "vigilanza", "password_env": "CAMERA_PASSWORD"}
    stairs = {
        "id": "stairs",
        "source": "rtsp://127.0.0.1:9/main",
        "doors": DOORS,
        "masks": [MASK],
        "credentials": login,
    }
    document = {
        "site": {"id": "0423", "name": "via Esempio 4"},
        "cameras": [stairs, {"id": "cellar", "source": "rtsp://127.0.0.1:9/cellar", "credentials": login}],
        "destinations": [CITY],
        "storage": {"database": "sqlite:///vigilanza.db", "media": "media", "state": "state"},
    }
    return document | changes


def changed(**changes: Any) -> dict[str, Any]:
    """With another first camera."""
    document = site()
    document["cameras"][0] = document["cameras"][0] | changes
    return document


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


class Box:
    """One that was commissioned with `site()`; each start reads the file anew."""

    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.path, self.clock = folder / "vigilanza.yaml", clock
        self.start(site())

    def start(self, document: dict[str, Any], environ: dict[str, str] = ENVIRON) -> Config:
        return settled(self.read(document, environ), environ=environ, clock=self.clock)

    def read(self, document: dict[str, Any], environ: dict[str, str] = ENVIRON) -> Config:
        self.path.write_text(json.dumps(document), "utf-8")  # JSON is YAML
        return load(self.path, environ=environ)


@pytest.fixture
def box(tmp_path: Path, clock: FakeClock) -> Box:
    return Box(tmp_path, clock)


def mask(config: Config) -> tuple[Polygon, ...]:
    return config.cameras[0].masks


def test_what_was_approved_is_taken_as_it_is_written(box: Box) -> None:
    assert box.start(site()) == box.read(site())


def test_longer_retention_and_shown_interiors_do_not_count(box: Box) -> None:
    more = {"retention_hours": 72, "retention_reason": "furti"}
    storage = site()["storage"] | more
    counts = box.start(site(storage=storage, privacy={"interiors": "shown", "interiors_reason": "mai abitato"}))
    assert counts.storage.retention_hours == 24
    assert (counts.privacy.interiors, counts.privacy.interiors_reason) == ("black", None)


def test_a_new_destination_is_told_nothing_and_a_changed_one_stays_where_it_was(box: Box) -> None:
    new = CITY | {"id": "press", "url": "https://press.example/"}
    moved = CITY | {"url": "https://elsewhere.example/"}
    counts = box.start(site(destinations=[moved, new]))
    [city] = counts.destinations
    assert isinstance(city.link, WebhookLink)
    assert (city.destination.id, city.link.url) == ("city", CITY["url"])
    assert counts.owed == ()


def test_a_removed_destination_whose_secret_is_gone_is_owed_its_alerts(box: Box) -> None:
    environ = {"CAMERA_PASSWORD": "x"}
    counts = box.start(site(destinations=[]), environ)
    assert counts.destinations == ()
    assert [one.id for one in counts.owed] == ["city"]
    [city] = box.start(site(destinations=[])).destinations
    assert city.destination.id == "city"


def test_a_mask_and_a_sealed_door_stay(box: Box) -> None:
    counts = box.start(changed(doors=[DOORS[1]], masks=[]))
    assert [(door.id, door.role) for door in counts.cameras[0].doors] == [
        ("13", Role.NEIGHBOUR),
        ("12", Role.SEALED),
    ]
    assert mask(counts) == (((0.6, 0.3), (0.7, 0.3), (0.7, 0.4)),)
    assert counts.cameras[0].credentials == box.read(site()).cameras[0].credentials


def test_a_new_camera_and_a_new_door_are_watched_at_once(box: Box) -> None:
    document = changed(doors=[*DOORS, {"id": "14", "role": "sealed", "leaf": LEAF}], masks=[])
    document["cameras"].append({"id": "roof", "source": "rtsp://127.0.0.1:9/roof"})
    counts = box.start(document)
    assert [door.id for door in counts.cameras[0].doors] == ["12", "13", "14"]
    assert [camera.id for camera in counts.cameras] == ["stairs", "cellar", "roof"]


def test_a_removed_camera_is_watched_also_without_its_password(box: Box) -> None:
    document = site()
    del document["cameras"][0]
    before = box.read(site()).cameras[0]
    assert box.start(document).cameras[1] == before
    del document["cameras"][0]["credentials"]
    bare = box.start(document, {"CITY_SECRET": SECRET}).cameras[1]
    assert (bare.id, bare.source, bare.doors, bare.masks) == ("stairs", before.source, before.doors, before.masks)
    assert bare.credentials is None


def test_while_the_journal_is_away_what_it_said_last_counts(box: Box, tmp_path: Path) -> None:
    storage = site()["storage"] | {"database": "sqlite:///gone/vigilanza.db"}
    (tmp_path / "gone").mkdir()
    (tmp_path / "gone" / "vigilanza.db").mkdir()  # no database can be opened there
    counts = box.start(changed(masks=[]) | {"storage": storage})
    assert len(mask(counts)) == 1


def test_a_copy_that_is_not_whole_is_no_approval_and_no_obstacle(box: Box, tmp_path: Path) -> None:
    (tmp_path / "state" / "safeguards.json").write_text('{"retention_hours": 2', "utf-8")
    assert len(mask(box.start(changed(masks=[])))) == 1  # the journal says it, and the copy is made anew
    assert json.loads((tmp_path / "state" / "safeguards.json").read_text("utf-8"))["retention_hours"] == 24


def test_what_the_file_says_now_is_told_and_a_broken_file_says_what_it_said(box: Box) -> None:
    says = written(box.read(site()), environ=ENVIRON)
    loose = box.read(changed(masks=[])).safeguards
    assert says() == loose
    box.path.write_text("site: {", "utf-8")
    assert says() == loose


def test_more_masks_than_a_file_may_have_are_in_force(box: Box, tmp_path: Path, clock: FakeClock) -> None:
    rows = [[[x / 100, 0.0], [x / 100 + 0.009, 0.0], [x / 100 + 0.009, 0.1]] for x in range(64)]
    counts = box.start(changed(masks=rows))
    assert len(mask(counts)) == 65
    assert len(mask(box.start(changed(masks=rows[:1])))) == 65
    engine = open_database(f"sqlite:///{tmp_path / 'vigilanza.db'}")
    pending = SafeguardBook(engine=engine, clock=clock).standing(box.read(changed(masks=[])).safeguards)
    assert len(pending.pending) == 65
    engine.dispose()


def test_who_may_watch_live_is_agreed_by_two(tmp_path: Path, clock: FakeClock) -> None:
    vms = {"name": "vms", "password_env": "CAMERA_PASSWORD", "cameras": ["stairs"]}
    shown = {"plain_rtsp": True, "accounts": [vms]}
    box = Box(tmp_path, clock)
    first = box.start(site(video=shown))
    assert first.video is not None
    assert first.video.accounts == ()
    device = {"plain_http": True, "accounts": [{"name": "vms", "password_env": "CAMERA_PASSWORD"}]}
    counts = box.start(site(video=shown, onvif_device=device))
    assert counts.onvif_device is not None
    assert counts.onvif_device.accounts == ()
    approved = box.read(site(video=shown, onvif_device=device)).safeguards
    engine = open_database(f"sqlite:///{tmp_path / 'vigilanza.db'}")
    book = SafeguardBook(engine=engine, clock=clock)
    book.approve(approved, digest=book.ask(approved, digest=digest_of(approved), reason="VMS", by="a").digest, by="b")
    engine.dispose()
    all_of_them = {"plain_rtsp": True, "accounts": [{**vms, "cameras": ["stairs", "cellar"]}]}
    counts = box.start(site(video=all_of_them, onvif_device=device))
    assert counts.video is not None
    assert [(one.name, one.cameras) for one in counts.video.accounts] == [("vms", frozenset({"stairs"}))]
    assert counts.onvif_device is not None
    assert [one.name for one in counts.onvif_device.accounts] == ["vms"]


def test_who_else_says_who_signs_in_is_agreed_by_two(tmp_path: Path, clock: FakeClock) -> None:
    environ = ENVIRON | {"OIDC_SECRET": "what it gave", "OTHER_SECRET": "what another gave"}
    box = Box(tmp_path, clock)
    first = site(web={"oidc": OFFICE})
    assert box.start(first, environ).web.oidc is None
    approved = box.read(first, environ).safeguards
    engine = open_database(f"sqlite:///{tmp_path / 'vigilanza.db'}")
    book = SafeguardBook(engine=engine, clock=clock)
    book.approve(approved, digest=book.ask(approved, digest=digest_of(approved), reason="SSO", by="a").digest, by="b")
    engine.dispose()
    agreed = box.read(first, environ).web.oidc
    assert box.start(first, environ).web.oidc == agreed
    wider = site(web={"oidc": OFFICE | {"roles": {"everybody": "supervisor"}, "client_secret_env": "OTHER_SECRET"}})
    assert box.start(wider, environ).web.oidc == agreed
    del environ["OIDC_SECRET"]
    assert box.start(wider, environ).web.oidc is None
    assert box.start(site(), environ).web.oidc is None
