"""NAL units of a picture in Annex B, and the parameter sets among them."""

import re
from collections.abc import Mapping, Sequence

_START_CODE = re.compile(rb"\x00*\x00\x00\x01")
_SETS: Mapping[str, Sequence[int]] = {"h264": (7, 8), "hevc": (32, 33, 34)}


def nal_units(data: bytes) -> tuple[bytes, ...]:
    """Without start codes, and without the zeros that may follow them."""
    return tuple(nal.rstrip(b"\x00") for nal in _START_CODE.split(data) if nal.rstrip(b"\x00"))


def nal_type(codec: str, nal: bytes) -> int:
    """The unit's type number in this codec."""
    return nal[0] & 0x1F if codec == "h264" else (nal[0] >> 1) & 0x3F


def parameter_sets(codec: str, data: bytes) -> dict[int, bytes]:
    """The first of each kind by its type: SPS 7, PPS 8; of hevc VPS 32, SPS 33, PPS 34."""
    found: dict[int, bytes] = {}
    for nal in nal_units(data):
        kind = nal_type(codec, nal)
        if kind in _SETS[codec]:
            found.setdefault(kind, nal)
    return found


def self_contained(codec: str, nals: Sequence[bytes], sets: Mapping[int, bytes]) -> tuple[bytes, ...]:
    """A key frame that can be decoded by itself: `sets` before it unless it brings its own."""
    brought = {nal_type(codec, nal) for nal in nals}
    return (*(nal for kind, nal in sorted(sets.items()) if kind not in brought), *nals)
