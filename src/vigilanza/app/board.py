"""Doors and masks in the configuration's file, for who draws them on the page."""

import hashlib
import os
import re
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from vigilanza.app.status import Figures, read_figures
from vigilanza.app.studio import taps
from vigilanza.app.takeovertold import told
from vigilanza.capture.clip import still
from vigilanza.capture.ring import Recording
from vigilanza.capture.tap_client import newest_key
from vigilanza.clock import Clock
from vigilanza.config import Camera, Config, load
from vigilanza.config.redraw import redraw
from vigilanza.domain.errors import (
    ConfigError,
    LayoutRefused,
    LayoutStale,
    LayoutUnwritable,
    NoPictures,
    RecordingError,
    UnknownRecord,
)
from vigilanza.domain.layout import DrawnDoor, Layout, weakened
from vigilanza.web.layouts import CameraDrawing, Drawings

_PLACE = re.compile(r"^cameras\[(\d+)]\.(\S+): (.*)$")
_STALE = "the file was changed since it was read: read it again, then draw"


class FileBoard:
    """See Board. The former file stays beside the new one, under its name and the time."""

    def __init__(self, config: Config, *, environ: Mapping[str, str], clock: Clock) -> None:
        self._config, self._environ, self._clock = config, environ, clock
        self._path = config.path.resolve()  # a link stays one
        self.folder = self._path.parent
        self.is_linked = self._path != config.path
        """Relative paths in the file start where the link lies, not where the file does."""
        self._lock = threading.Lock()

    def read(self) -> Drawings:
        """See Board."""
        raw = self.raw()
        digest, figures = hashlib.sha256(raw).hexdigest(), read_figures(self._config.storage.state, clock=self._clock)
        cameras = [CameraDrawing(one.id, _size(figures.get(one.id, {})), _layout(one)) for one in self.cameras()]
        return Drawings(digest, cameras, told(self._config, digest))

    def cameras(self) -> tuple[Camera, ...]:
        """Those of the file as it is now. LayoutUnwritable."""
        try:
            return load(self._path, environ=self._environ).cameras
        except ConfigError as error:
            first = str(error).splitlines()[0].removeprefix(f"{self._path}:")
            raise LayoutUnwritable(f"the file is wrong, correct it by hand: {first}") from error

    def still(self, camera: str) -> bytes:
        """See Board. What any mask hides is black: one of the file, and one that the running watch knows; so is an open
        door.
        """
        tap, masks = taps(self._config).get(camera), self._one(camera).masks
        if tap is None:
            raise NoPictures("the camera is new in the file, and not watched yet")
        known = next(one.masks for one in self._config.cameras if one.id == camera)
        sight = newest_key(tap, camera, clock=self._clock)
        try:
            return still(Recording((sight.packet,)), sight.packet.at, (*known, *masks, *sight.hidden))
        except RecordingError as error:
            raise NoPictures(str(error)) from error

    def save(
        self, camera: str, layout: Layout, *, digest: str, before: Callable[[Mapping[str, object]], None]
    ) -> Drawings:
        """See Board."""

        def draw(text: str) -> str:
            self._one(camera)
            _check_ids(layout)
            return redraw(text, camera, layout)

        def look(cameras: Sequence[Camera]) -> Mapping[str, object]:
            new = next(one for one in cameras if one.id == camera)
            weaker = [what for _, what in weakened(_layout(self._one(camera)), _layout(new))]
            return {"weaker": weaker} if weaker else {}

        return self.change(camera, draw, look, digest=digest, before=before)

    def change(
        self,
        camera: str,
        draw: Callable[[str], str],
        look: Callable[[Sequence[Camera]], Mapping[str, object]],
        *,
        digest: str,
        before: Callable[[Mapping[str, object]], None],
    ) -> Drawings:
        """Write what `draw` makes of the file, of which `camera` is changed or new, if it still has that digest.

        `look` is shown the cameras it would have, and says what `before` is told besides. LayoutStale;
        LayoutUnwritable; LayoutRefused for what `draw` (ConfigError) or the file's check refuses.
        """
        with self._lock:
            raw = self.raw()
            if hashlib.sha256(raw).hexdigest() != digest:
                raise LayoutStale(_STALE)
            try:
                new = draw(raw.decode()).encode()
            except ConfigError as error:
                raise LayoutRefused("file", str(error)) from error
            try:
                self._replace(raw, new, lambda fresh: look(self._check(fresh, camera)), before)
            except OSError as error:
                raise LayoutUnwritable(
                    f"{self._path.name} cannot be written ({error.strerror}): the folder it lies in must be writable"
                    " for the page's server; otherwise change the file by hand"
                ) from error
        return self.read()

    def _replace(
        self,
        old: bytes,
        new: bytes,
        look: Callable[[Path], Mapping[str, object]],
        before: Callable[[Mapping[str, object]], None],
    ) -> None:
        """All that can fail comes before the one act that counts, and leaves nothing behind."""
        moment = datetime.fromtimestamp(self._clock.now(), UTC)
        fresh = self._path.with_name(f".{self._path.name}.new")
        former = self._path.with_name(f"{self._path.name}.{moment:%Y-%m-%dT%H-%M-%S.%fZ}")
        digests = {"from": hashlib.sha256(old).hexdigest(), "to": hashlib.sha256(new).hexdigest()}
        with ExitStack() as undo:
            self._lay(fresh, new, "wb", undo)
            seen = look(fresh)
            self._lay(former, old, "xb", undo)
            self._require(old)  # before anything is written down: drawing and checking take a while
            before({**digests, "former": former.name, **seen})
            self._require(old)
            fresh.replace(self._path)
            undo.pop_all()
        self._settle()

    def _lay(self, path: Path, raw: bytes, mode: Literal["wb", "xb"], undo: ExitStack) -> None:
        """On disk, with the rights of the configuration's file."""
        with path.open(mode) as stream:
            undo.callback(_drop, path)
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        shutil.copymode(self._path, path)

    def _require(self, old: bytes) -> None:
        if self.raw() != old:
            raise LayoutStale(_STALE)

    def _settle(self) -> None:
        """The new name is on disk, too."""
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _check(self, fresh: Path, camera: str) -> Sequence[Camera]:
        """As it is written. LayoutRefused with what `vigilanza check` would say first, named as the page names it."""
        try:
            return load(fresh, environ=self._environ).cameras
        except ConfigError as error:
            told = [line.removeprefix(f"{fresh}:").partition(": ") for line in str(error).splitlines()]
            ids = [one.id for one in self.cameras()]
            number = ids.index(camera) if camera in ids else len(ids)  # a new one comes last
            for _, _, line in told:
                if (match := _PLACE.match(line)) and int(match[1]) == number:
                    raise LayoutRefused(match[2], match[3]) from error
            raise LayoutRefused("file", told[0][2]) from error

    def raw(self) -> bytes:
        """The file as it is now. LayoutUnwritable."""
        try:
            return self._path.read_bytes()
        except OSError as error:
            raise LayoutUnwritable(f"{self._path.name} cannot be read: {error.strerror}") from error

    def _one(self, camera: str) -> Camera:
        for one in self.cameras():
            if one.id == camera:
                return one
        raise UnknownRecord(f"no camera {camera}")


def _drop(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _check_ids(layout: Layout) -> None:
    """One door each: the file tells them apart by nothing else."""
    seen: set[str] = set()
    for number, door in enumerate(layout.doors):
        if door.id in seen:
            raise LayoutRefused(f"doors[{number}].id", f"{door.id} is there twice")
        seen.add(door.id)


def _layout(camera: Camera) -> Layout:
    return Layout(tuple(DrawnDoor(one.id, one.role, one.leaf, one.floor) for one in camera.doors), camera.masks)


def _size(figures: Figures) -> tuple[int, int] | None:
    width, height = figures.get("analysed_width_px"), figures.get("analysed_height_px")
    return None if not width or not height else (int(width), int(height))
