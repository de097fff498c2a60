"""Pictures of a site on the page of its centre: asked for when the incident is opened, and said until they come."""

import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest
from playwright.sync_api import Page, expect

from tests.centre import new_key
from tests.centre_orders import public
from tests.centre_pictures import happened
from tests.commands import wait_until
from tests.e2e.landing import draw
from tests.e2e.seed import Room, furnish
from tests.sender import Sender
from vigilanza.cluster.reception import Reception
from vigilanza.domain.picturerefusal import PictureRefusal
from vigilanza.domain.picturerequest import RemotePicture
from vigilanza.store.arrivals import Arrivals
from vigilanza.store.database import writing
from vigilanza.store.quarantine import Quarantine
from vigilanza.store.sitepictures import PictureWish, SitePictures
from vigilanza.store.standings import heard


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    yield from furnish(tmp_path, told=["0423"])


def test_the_page_says_why_a_sites_pictures_are_not_here_until_they_are(
    room: Room, console: Page, tmp_path: Path
) -> None:
    keys = {"0423": [public(key := new_key(tmp_path, "0423"))]}
    arrivals = Arrivals(engine=room.engine, journal=room.journal, clock=room.clock)
    reception = Reception(keys=keys, arrivals=arrivals, quarantine=Quarantine(room.engine), clock=room.clock)
    events, sender = happened("one"), Sender(key, "0423")
    reception.take_dispatches([sender.event(event, number) for number, event in enumerate(events, start=1)])
    wishes = SitePictures(engine=room.engine, clock=room.clock)
    console.locator("#waiting .row").first.click()
    screen, rest = console.locator(".screen"), console.locator(".pictures .rest")
    expect(screen).to_contain_text("Le immagini stanno arrivando dal sito 0423")
    # The centre's own address is not where that door is, and of this site it knows none.
    expect(console.locator(".address p")).to_have_text(["0423", "porta 0423/B.03.12"])
    [wish] = wait_until("the wish", lambda: list(wishes.due(["0423"]).values()))
    wishes.put_off(wish, away=True, why="")
    expect(screen).to_contain_text("Video presso il sito, che non risponde in merito")
    with writing(room.engine) as connection:
        heard(connection, "0423", now=room.clock.now() - 600.0, pulse_at=0.0)
    wishes.put_off(wish, away=True, why="")
    expect(screen).to_contain_text("Video presso il sito, linea interrotta: ultimo segnale")
    if folder := os.environ.get("VIGILANZA_SCREENSHOTS"):
        console.screenshot(path=f"{folder}/site-away.png")
    wishes.put_off(wish, away=False, why=PictureRefusal.FILE_GONE)
    expect(screen).to_contain_text("Presso il sito manca il file")
    wishes.put_off(wish, away=False, why="the lens is being cleaned")
    expect(screen).to_contain_text("un motivo che questa centrale non conosce")
    expect(screen).to_contain_text("(the lens is being cleaned)")
    still = arrive(room, wishes, wish)
    expect(screen.locator("img")).to_have_attribute("src", f"/api/media/{still}")
    expect(rest).to_contain_text("Altro si trova presso il sito (1).")
    wishes.learn(wish, [])
    expect(rest).to_be_hidden()
    assert room.records("media.viewed") == [still]


def arrive(room: Room, wishes: SitePictures, wish: PictureWish) -> str:
    """The site tells of a still and a clip; the still comes."""
    now, content = room.clock.now(), cv2.imencode(".jpg", draw(0.5))[1].tobytes()
    item = room.media.add(
        incident=wish.incident, kind="still", start=now, end=now, content=content, suffix=".jpg", covered=False
    )
    still = RemotePicture("still", now, now, item.sha256, ".jpg", len(content), covered=False, until=now + 3600.0)
    clip = RemotePicture("clip", now, now + 9.0, "0" * 64, ".mp4", 9, covered=False, until=now + 3600.0)
    wishes.learn(wish, [still, clip])
    return str(item.id)
