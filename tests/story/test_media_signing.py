"""A camera that signs its video (ONVIF Media Signing): what it writes into the stream is kept, and said to be there."""

import json
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.sealed import Office, open_office
from tests.videos import video
from vigilanza.capture.clip import write_clip
from vigilanza.capture.file import FileSource
from vigilanza.capture.packet import Packet
from vigilanza.capture.ring import GopRing, Recording
from vigilanza.capture.rtsp import RtspSource
from vigilanza.clock import SystemClock
from vigilanza.domain.door import Polygon
from vigilanza.lab.simcam import CameraServer
from vigilanza.store.evidence.pictures import MEDIA_SIGNING

START = 1_795_000_000.0
MASK: Polygon = ((0.5, 0.4), (0.9, 0.4), (0.9, 0.9), (0.5, 0.9))
SIGNED = MEDIA_SIGNING + b"\xa5" * 40
HEADS = {"h264": b"\x06", "hevc": b"\x4e\x01"}
"""NAL unit headers of supplemental enhancement information that stands before a picture."""
USER_DATA = 5
CODECS = pytest.mark.parametrize("codec", HEADS)


def sign(packet: Packet) -> Packet:
    """With a message of user data before each key picture."""
    if not packet.is_keyframe:
        return packet
    message = HEADS[packet.format.codec] + bytes([USER_DATA, len(SIGNED)]) + SIGNED + b"\x80"
    return replace(packet, data=b"\0\0\0\1" + message + packet.data)


def signing(codec: str, path: Path) -> int:
    """A recording of such a camera; how often it signs."""
    packets = tuple(map(sign, FileSource(path=video(codec), start_at=START).packets(threading.Event())))
    write_clip(Recording(packets), path, ())
    return sum(packet.is_keyframe for packet in packets)


def seen(path: Path) -> Recording:
    """What a watch has of it that reads it from the camera: two groups of pictures at least."""
    ring, stop, clock = GopRing(seconds=60, max_bytes=10**7), threading.Event(), SystemClock()
    with CameraServer({"/cam": path}, clock=clock) as server:
        for packet in RtspSource(url=server.url("/cam"), user=None, password=None, clock=clock).packets(stop):
            ring.append(packet)
            if ring.reaches_back > 1.2:
                stop.set()
    return ring.recording(0.0, float("inf"))


def told(office: Office, clip: Path) -> str:
    """What a package says of the clip."""
    at, incident = office.scene.began, office.scene.incident
    kept = office.media.add(incident=incident, kind="clip", start=at, end=at + 1, content=clip, suffix=".mp4")
    with zipfile.ZipFile(office.seal().path) as archive:
        media = json.loads(archive.read("manifest.json"))["media"]
    return str(next(one["media_signing"] for one in media if one["sha256"] == kept.sha256))


@CODECS
def test_a_cameras_own_signature_comes_through_to_the_package(sqlite: Engine, tmp_path: Path, codec: str) -> None:
    assert signing(codec, tmp_path / "camera.mp4") == 4
    recording = seen(tmp_path / "camera.mp4")
    keys = sum(packet.is_keyframe for packet in recording.packets)
    assert keys >= 2
    write_clip(recording, tmp_path / "clip.mp4", ())
    assert (tmp_path / "clip.mp4").read_bytes().count(SIGNED) == keys
    assert told(open_office(sqlite, tmp_path), tmp_path / "clip.mp4") == "present"


@CODECS
def test_what_is_masked_is_not_said_to_be_signed(sqlite: Engine, tmp_path: Path, codec: str) -> None:
    signing(codec, tmp_path / "camera.mp4")
    packets = FileSource(path=tmp_path / "camera.mp4", start_at=START).packets(threading.Event())
    write_clip(Recording(tuple(packets)), tmp_path / "clip.mp4", (MASK,))
    assert told(open_office(sqlite, tmp_path), tmp_path / "clip.mp4") == "absent"
