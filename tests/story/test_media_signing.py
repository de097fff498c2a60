"""A camera signs its video (ONVIF Media Signing): what it sends of that is in the ring, the clip and the package."""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import av
import pytest
from av.container import InputContainer

from tests.samples import BEGAN, incident_id
from tests.sealed import ASKS, GRANTS, faults, key_pem, open_sealer
from tests.unit.test_originals import MASK, Holders, Room
from tests.videos import video
from tests.watched import PASSWORD, USER, Watched
from vigilanza.capture.ring import Recording
from vigilanza.config import Clips
from vigilanza.domain.door import Polygon
from vigilanza.lab.signed_media import CERTIFICATES_BYTES, sign_recording, signing_units
from vigilanza.lab.simcam import CameraServer
from vigilanza.store.evidence.signature import SigningKey
from vigilanza.store.exports import Exports
from vigilanza.store.retention import SETTLING_S

PICTURES = 90
"""Of ten a second, with a key frame each second."""
LEAST = 4
"""Groups of pictures in any clip of it."""


@dataclass(frozen=True, slots=True)
class Filmed:
    """What a camera's ring held of it, and the units that the camera put into its stream."""

    recording: Recording
    units: list[bytes]


def filmed(path: Path, *, units: list[bytes]) -> Filmed:
    """Over RTSP, as if taken from two seconds before the incident on."""
    with CameraServer({"/main": path}, user=USER, password=PASSWORD) as server, Watched(server) as watched:
        watched.wait_for_frames(PICTURES)
        held = watched.ring.recording(float("-inf"), float("inf"))
    later = BEGAN - 2.0 - held.start
    return Filmed(Recording(tuple(replace(packet, at=packet.at + later) for packet in held.packets)), units)


@pytest.fixture(scope="module", params=["h264", "hevc"])
def signed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Filmed:
    """By a camera that signs; in each second one unit, longer than a packet of RTP."""
    target = tmp_path_factory.mktemp("camera") / "signed.mp4"
    return filmed(target, units=sign_recording(video(request.param, frames=100), target, random=Random(7)))


@pytest.fixture(scope="module")
def holders(tmp_path_factory: pytest.TempPathFactory) -> Holders:
    return Holders(tmp_path_factory.mktemp("keys"))


@contextmanager
def pinned(folder: Path, seen: Filmed, holders: Holders, masks: tuple[Polygon, ...] = ()) -> Iterator[Room]:
    """The incident's pictures are made."""
    room = Room(folder, seen.recording, holders, masks, clips=Clips(2.0, 6.0))
    room.tell(1)
    room.clock.advance(SETTLING_S)
    yield room
    room.engine.dispose()


def package(room: Room, folder: Path) -> tuple[dict[str, dict[str, Any]], dict[str, bytes]]:
    """Sealed by two: what the manifest says of the media, by kind, and their files."""
    key = SigningKey.read(key_pem())
    asked = Exports(engine=room.engine, clock=room.clock).ask(
        incident_id("a"), recipient="Procura", reason="1", by=ASKS
    )
    sealed = open_sealer(room.engine, room.media, room.clock, key).grant(asked.id, by=GRANTS, folder=folder)
    assert faults(sealed.path, key.public) == []
    with zipfile.ZipFile(sealed.path) as archive:
        told = {one["kind"]: one for one in json.loads(archive.read("manifest.json"))["media"]}
        return told, {kind: archive.read(one["path"]) for kind, one in told.items()}


def units_in(content: bytes, folder: Path) -> list[bytes]:
    (folder / "clip.mp4").write_bytes(content)
    return signing_units(folder / "clip.mp4")


def keyframes(content: bytes) -> int:
    with av.open(io.BytesIO(content)) as container:
        assert isinstance(container, InputContainer)
        return sum(packet.is_keyframe for packet in container.demux(video=0) if packet.size)


def test_what_the_camera_sent_of_it_is_in_the_clip_and_the_package_and_is_told(
    signed: Filmed, holders: Holders, tmp_path: Path
) -> None:
    assert all(len(unit) > CERTIFICATES_BYTES for unit in signed.units)
    with pinned(tmp_path, signed, holders) as room:
        told, files = package(room, tmp_path / "sealed")
    assert {kind: one["media_signing"] for kind, one in told.items()} == {"clip": "present", "still": "absent"}
    kept = units_in(files["clip"], tmp_path)
    assert len(kept) >= LEAST
    assert set(kept) <= set(signed.units)
    assert len(kept) == keyframes(files["clip"]), "each group of pictures has its own"


def test_a_mask_takes_it_away_from_the_clip_but_not_from_the_original(
    signed: Filmed, holders: Holders, tmp_path: Path
) -> None:
    with pinned(tmp_path, signed, holders, (MASK,)) as room:
        told, files = package(room, tmp_path / "sealed")
    says = {kind: one["media_signing"] for kind, one in told.items()}
    assert says == {"clip": "absent", "still": "absent", "original": "sealed"}
    assert units_in(files["clip"], tmp_path) == []
    original = holders.opens("prosecutor", holders.opens("officer", files["original"]))
    kept = units_in(original, tmp_path)
    assert len(kept) >= LEAST
    assert set(kept) <= set(signed.units)


def test_of_a_camera_that_does_not_sign_that_is_told(holders: Holders, tmp_path: Path) -> None:
    with pinned(tmp_path, filmed(video(frames=100), units=[]), holders) as room:
        told, files = package(room, tmp_path / "sealed")
    assert {one["media_signing"] for one in told.values()} == {"absent"}
    assert units_in(files["clip"], tmp_path) == []
