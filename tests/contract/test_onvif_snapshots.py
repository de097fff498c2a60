"""Stills from the ONVIF device: of the newest picture, masked, for those who may watch, and written down first."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx
import pytest
from sqlalchemy import Engine

from tests.commands import wait_until
from tests.onvif_schema import PRESENT
from tests.onvif_site import PASSWORD, PLACE, USER, Client, Running, onvif_site
from vigilanza.app.newest import NewestStills
from vigilanza.app.stills import LiveStills, allowed_cameras
from vigilanza.bridge.onvif_device.snapshots import WAITING_MAX
from vigilanza.clock import SystemClock
from vigilanza.config import OnvifDevice, Video
from vigilanza.config.onvif_device import OnvifAccount
from vigilanza.config.secret import Secret
from vigilanza.config.video import VideoAccount
from vigilanza.domain.errors import JournalUnavailable, NoPictures
from vigilanza.store.audit import AuditChain
from vigilanza.store.auditline import AuditRecord
from vigilanza.store.viewings import ViewingBook

FIRST, SECOND = PLACE.channels
GUEST = "guest"
JPEG = b"\xff\xd8 a picture \xff\xd9"


@dataclass
class Scripted:
    """Stills as a test wants them; `said` is what was asked, in order."""

    said: list[str] = field(default_factory=list)
    go: threading.Event = field(default_factory=threading.Event)
    seen: bool = True
    journal: bool = True

    def __post_init__(self) -> None:
        self.go.set()

    def may_see(self, account: str, camera: str) -> bool:
        return account == USER or camera == SECOND.camera

    def newest(self, camera: str) -> bytes:
        self.said.append(f"made {camera}")
        assert self.go.wait(60)
        if not self.seen:
            raise NoPictures("no picture for 12 s")
        return JPEG

    def write_down(self, account: str, camera: str, peer: str) -> None:
        if not self.journal:
            raise JournalUnavailable("disk full")
        self.said.append(f"{account} {camera} {peer}")


@pytest.fixture
def stills() -> Scripted:
    return Scripted()


@pytest.fixture
def site(sqlite: Engine, stills: Scripted) -> Iterator[Running]:
    with onvif_site(sqlite, stills=stills, passwords={USER: PASSWORD, GUEST: "another"}) as it:
        yield it


def where(site: Running, profile: str = FIRST.profile) -> str:
    return f"http://127.0.0.1:{site.device.port}/snapshot/{profile}"


def got(site: Running, profile: str = FIRST.profile, *, method: str = "GET", who: str = USER) -> httpx.Response:
    password = {USER: PASSWORD, GUEST: "another"}.get(who, "invented")
    with httpx.Client(auth=httpx.DigestAuth(who, password), trust_env=False, timeout=90) as client:
        return client.request(method, where(site, profile))


def test_both_media_services_tell_where_the_still_is_and_it_is_there(site: Running, stills: Scripted) -> None:
    client = Client(site)
    for prefix in ("trt", "tr2"):
        can = client.simple(f"{prefix}:GetServiceCapabilities")
        assert can.body.find("{*}Capabilities").get("SnapshotUri") == "true"
        token = f"<{prefix}:ProfileToken>{SECOND.profile}</{prefix}:ProfileToken>"
        told = client.simple(f"{prefix}:GetSnapshotUri", inside=token)
        assert told.text("Uri") == where(site, SECOND.profile)
        assert PRESENT.complaints(told.body) == []
        wrong = f"<{prefix}:ProfileToken>x</{prefix}:ProfileToken>"
        assert client.simple(f"{prefix}:GetSnapshotUri", inside=wrong).subcode == "ter:NoProfile"
    answer = got(site, SECOND.profile)
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, JPEG, "image/jpeg")
    assert answer.headers["cache-control"] == "no-store"
    assert stills.said == [f"made {SECOND.camera}", f"{USER} {SECOND.camera} 127.0.0.1"]


def test_where_no_video_is_shown_there_are_no_stills(sqlite: Engine) -> None:
    with onvif_site(sqlite) as site:
        for prefix in ("trt", "tr2"):
            can = Client(site).simple(f"{prefix}:GetServiceCapabilities")
            assert can.body.find("{*}Capabilities").get("SnapshotUri") == "false"
        assert httpx.get(where(site)).status_code == 404


def test_nobody_sees_anything_unasked(site: Running, stills: Scripted, sqlite: Engine) -> None:
    bare = httpx.get(where(site))
    assert (bare.status_code, bare.content) == (401, b"")
    assert [one.split()[0] for one in bare.headers.get_list("www-authenticate")] == ["Digest", "Digest"]
    assert got(site, who="nobody").status_code == 401
    assert got(site, who=GUEST).status_code == 403
    assert got(site, "x").status_code == 404
    assert [got(site, method=method).status_code for method in ("HEAD", "POST", "PUT")] == [405] * 3
    assert stills.said == []
    assert got(site, SECOND.profile, who=GUEST).content == JPEG
    chain = AuditChain(engine=sqlite, clock=SystemClock())
    wait_until("the wrong name to be written down", lambda: [one.action for one in chain.latest()] == ["login.failed"])


def test_a_header_that_was_heard_shows_no_second_picture(site: Running) -> None:
    with httpx.Client(auth=httpx.DigestAuth(USER, PASSWORD), trust_env=False) as client:
        sent = client.get(where(site)).request.headers["authorization"]
    for profile in (FIRST.profile, SECOND.profile):
        assert httpx.get(where(site, profile), headers={"authorization": sent}).status_code == 401


def test_without_picture_or_record_there_is_nothing(site: Running, stills: Scripted) -> None:
    stills.seen = False
    answer = got(site)
    assert (answer.status_code, answer.text, answer.headers["retry-after"]) == (503, "no picture for 12 s\n", "5")
    stills.seen, stills.journal = True, False
    answer = got(site)
    assert answer.status_code == 503
    assert JPEG not in answer.content
    stills.journal = True
    assert got(site).content == JPEG


def test_so_many_wait_and_no_more(site: Running, stills: Scripted) -> None:
    stills.go.clear()
    with ThreadPoolExecutor(WAITING_MAX + 1) as askers:
        asked = [askers.submit(got, site) for _ in range(WAITING_MAX + 1)]
        wait_until("one to be sent away", lambda: any(one.done() for one in asked))
        stills.go.set()
        answers = sorted((one.result() for one in asked), key=lambda answer: answer.status_code)
    assert [answer.status_code for answer in answers] == [200] * WAITING_MAX + [503]
    assert answers[-1].text == "too many ask for stills\n"
    assert site.figure("vigilanza_onvif_stills_turned_away_total") == 1
    assert got(site).status_code == 200


def secret(text: str) -> Secret:
    return Secret(text)


def test_who_may_not_watch_live_may_not_have_stills(sqlite: Engine) -> None:
    names = ("vms", "room", "other", "only-events")
    accounts = tuple(OnvifAccount(name, secret(f"password of {name}")) for name in names)
    device = OnvifDevice("127.0.0.1", 0, None, None, accounts, 60.0, False, None)
    watching = (
        VideoAccount("vms", secret("password of vms"), None),
        VideoAccount("room", secret("password of room"), frozenset({"a"})),
        VideoAccount("other", secret("somebody else's"), None),
    )
    allowed = allowed_cameras(device, Video("127.0.0.1", 0, None, None, watching))
    chain = AuditChain(engine=sqlite, clock=SystemClock())
    book = ViewingBook(audit=chain, clock=SystemClock())
    stills = LiveStills(newest=NewestStills(cameras=[], taps={}, clock=SystemClock()), allowed=allowed, book=book)
    assert {(name, camera) for name in names for camera in "ab" if stills.may_see(name, camera)} == {
        ("vms", "a"),
        ("vms", "b"),
        ("room", "a"),
    }


def test_who_looks_is_in_the_audit_chain(sqlite: Engine) -> None:
    chain, clock = AuditChain(engine=sqlite, clock=SystemClock()), SystemClock()
    book = ViewingBook(audit=chain, clock=clock)
    stills = LiveStills(newest=NewestStills(cameras=[], taps={}, clock=clock), allowed={}, book=book)
    for _ in range(3):
        stills.write_down(USER, "a", "192.0.2.7")
    stills.write_down(USER, "a", "192.0.2.8")
    records: list[AuditRecord] = chain.latest()
    assert [(one.who, one.action, one.subject) for one in records] == [(f"video/{USER}", "still.viewed", "a")] * 2
    assert [json.loads(one.detail)["peer"] for one in records] == ["192.0.2.8", "192.0.2.7"]
