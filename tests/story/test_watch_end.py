"""A watch that is ended while its finder of people is looking."""

import threading
from contextlib import suppress
from pathlib import Path

import numpy as np

from tests.commands import ENVIRON, Command, configuration, wait_until
from vigilanza.clock import SystemClock
from vigilanza.detect.people import NotYet
from vigilanza.detect.people_client import PeopleClient
from vigilanza.domain.errors import DetectorError
from vigilanza.domain.frame import Frame

CAMERAS = ("a", "b", "c", "d")


class Crowd:
    """Cameras that ask the finder of a watch, picture after picture."""

    def __init__(self, path: Path) -> None:
        self._client, self._over = PeopleClient(path=path, clock=SystemClock()), threading.Event()
        self.answered = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(camera,)) for camera in CAMERAS]
        for thread in self._threads:
            thread.start()

    def _ask(self, camera: str) -> None:
        frame = Frame(camera, 0.0, np.full((720, 1280), 90, np.uint8), np.full((2, 360, 640), 128, np.uint8))
        while not self._over.is_set():
            try:
                self._client.find(frame, (0, 0, 1280, 720))
                self.answered.set()
            except (NotYet, DetectorError):
                continue

    def leave(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        with suppress(OSError):  # it may have gone meanwhile
            self._client.close()


def test_a_look_that_is_under_way_is_awaited(tmp_path: Path) -> None:
    config = configuration(tmp_path, "dev_neg_timer_light_on_off")
    with Command("watch", "--config", config, environ=ENVIRON | {"TMPDIR": str(tmp_path)}, folder=tmp_path) as watch:
        path = wait_until("the finder", lambda: next(tmp_path.glob("vigilanza-*/finder"), None))
        crowd = Crowd(path)
        try:
            assert crowd.answered.wait(60.0)
            assert watch.end() == 0, watch.log
        finally:
            crowd.leave()
