"""A landing before a simulated camera: many doors, each with a contact that is wired to it."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vigilanza.lab.day import write_day
from vigilanza.lab.film import Film
from vigilanza.lab.onvif_camera import OnvifCamera
from vigilanza.lab.onvif_profile import SimProfile
from vigilanza.lab.simcam import CameraServer

USER, PASSWORD, PASSWORD_ENV = "vigilanza", "for the drill, of no worth", "DRILL_CAMERA_PASSWORD"
CAMERA = "landing"
_WIDTH, _HEIGHT, _FPS = 640, 360, 10
_DRAWN_S, _SHOWN_S = 2.0, 20.0
_TOPIC = "Device/Trigger/DigitalInput"
_LEAF = ((0.4, 0.2), (0.6, 0.2), (0.6, 0.7), (0.4, 0.7))


class Landing:
    """Nothing moves on its pictures; contacts are all that tells of a door that opens."""

    def __init__(self, folder: Path, doors: int) -> None:
        """`folder` gets the film."""
        self.doors = tuple(f"0423.B.{number // 10:02}.{number % 10:02}" for number in range(doors))
        self._film = folder / "landing.mp4"
        _draw(self._film)
        self._stack = ExitStack()

    def __enter__(self) -> "Landing":
        streams = {"/sub": self._film}
        server = self._stack.enter_context(CameraServer(streams, user=USER, password=PASSWORD))
        profile = SimProfile("Profile_1", server.url("/sub"), size_px=(_WIDTH, _HEIGHT), fps=_FPS, gop=2 * _FPS)
        self._device = self._stack.enter_context(
            OnvifCamera([profile, replace(profile, token="Profile_2")], user=USER, password=PASSWORD)
        )
        for number, _ in enumerate(self.doors):
            self._tell(number, False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def open(self, number: int) -> None:
        """The door of that number; it stays so."""
        self._tell(number, True)

    def settings(self) -> Mapping[str, Any]:
        """The camera in the configuration."""
        return {
            "id": CAMERA,
            "source": f"onvif://127.0.0.1:{self._device.port}",
            "credentials": {"user": USER, "password_env": PASSWORD_ENV},
            "doors": [self._door(number) for number, _ in enumerate(self.doors)],
        }

    def _door(self, number: int) -> Mapping[str, Any]:
        leaf = [list(point) for point in _LEAF]
        return {"id": self.doors[number], "role": "sealed", "leaf": leaf, "contact": {"input": _input(number)}}

    def _tell(self, number: int, opened: bool) -> None:
        self._device.events.raise_event(_TOPIC, opened, source=_input(number), name="LogicalState")


def _input(number: int) -> str:
    return f"IN{number}"


def _draw(path: Path) -> None:
    """A wall, a door and some things beside it, with a sensor's noise."""
    noise = np.random.default_rng(0)
    still = np.full((_HEIGHT, _WIDTH, 3), 120, np.uint8)
    for _ in range(40):
        x, y = int(noise.integers(0, _WIDTH - 60)), int(noise.integers(0, _HEIGHT - 60))
        still[y : y + 50, x : x + 50] = noise.integers(60, 200, 3)
    still[72:252, 256:384] = (60, 80, 140)
    drawn = path.with_name("drawn.mp4")
    with Film(drawn) as film:
        for number in range(round(_DRAWN_S * _FPS)):
            film.add(_noisy(still, noise), number / _FPS)
    write_day(drawn, path, seconds=_SHOWN_S, quiet_until=_DRAWN_S)


def _noisy(picture: NDArray[np.uint8], noise: np.random.Generator) -> NDArray[np.uint8]:
    return np.clip(picture + noise.normal(0.0, 4.0, picture.shape), 0, 255).astype(np.uint8)
