"""A watched break-in: what is kept of it does not show the inside of the flat."""

from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from tests.commands import CAMERA_PASSWORD, USER, VIDEOS, Command, configuration, truth_of, wait_until
from vigilanza.clock import SystemClock
from vigilanza.domain.events import EventKind, event_from_json
from vigilanza.domain.opening import opening_after
from vigilanza.lab.simcam import CameraServer
from vigilanza.store.database import open_database
from vigilanza.store.media import MediaStore
from vigilanza.store.medium import MediaItem, media_item, media_rows
from vigilanza.store.schema import events

CLIP = "dev_pos_two_fast_kick"
SIZE_PX = (640, 360)


def leaf() -> NDArray[np.bool_]:
    """The pixels well inside the sealed door's leaf."""
    outline = next(door["leaf"] for door in truth_of(CLIP)["doors"] if door["role"] == "sealed")
    drawn = np.zeros(SIZE_PX[::-1], np.uint8)
    cv2.fillPoly(drawn, [np.rint(np.array(outline)).astype(np.int32)], 1)
    return cv2.erode(drawn, np.ones((9, 9), np.uint8)).astype(np.bool_)


def test_the_doorway_is_black_from_before_it_opens_on(tmp_path: Path) -> None:
    with CameraServer(
        {"/cam": VIDEOS / f"{CLIP}.mp4"}, begin="first_play", user=USER, password=CAMERA_PASSWORD
    ) as camera:
        config = configuration(tmp_path, CLIP, camera_url=camera.url("/cam"))
        with Command("watch", "--config", config, folder=tmp_path) as watch:
            engine = open_database(f"sqlite:///{tmp_path / 'vigilanza.db'}")
            media = MediaStore(root=tmp_path / "media", engine=engine, clock=SystemClock())

            def told() -> list[float]:
                with engine.connect() as connection:
                    all_of_it = [event_from_json(body) for body in connection.execute(select(events.c.body)).scalars()]
                return [
                    opening.start
                    for event in all_of_it
                    if event.kind is EventKind.DOOR_OPENED and (opening := opening_after(None, event)) is not None
                ]

            def whole() -> list[MediaItem]:
                with engine.connect() as connection:
                    items = [media_item(row) for row in connection.execute(media_rows())]
                return [item for item in items if item.kind == "clip" and item.end > opened + 11.0]

            (opened,) = wait_until("the opening", told, timeout=90)
            clip = wait_until("a whole clip", whole, timeout=90)[0]
            began = camera.started_at or 0.0
            assert opened < began + next(e["t_start"] for e in truth_of(CLIP)["events"] if e["type"] == "door_opened")
            assert watch.end() == 0
        assert clip.covered
        mask, seen = leaf(), {True: 0, False: 0}
        with av.open(str(media.path(clip.id))) as container:
            for picture in container.decode(video=0):
                inside = np.asarray(picture.to_ndarray(format="gray"))[mask]
                is_open = clip.start + picture.time >= opened
                assert (inside.max() < 40) if is_open else (inside.mean() > 40), picture.time
                seen[is_open] += 1
        assert min(seen.values()) > 10
        engine.dispose()
