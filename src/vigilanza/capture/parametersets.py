"""The parameter sets a key frame brings along: while they stay the same, so does the stream's format."""

import re

_START_CODE = re.compile(b"\x00\x00\x00\x01|\x00\x00\x01")
_H264_SETS = {7, 8}  # SPS, PPS (ITU-T H.264, table 7-1)
_HEVC_SETS = {32, 33, 34}  # VPS, SPS, PPS (ITU-T H.265, table 7-1)
_SEARCHED_BYTES = 2048
"""They stand at the beginning of the access unit."""


def parameter_sets(codec: str, data: bytes) -> bytes:
    """The sets in the beginning of an Annex B access unit, as Annex B; b"" if there are none, or none is known."""
    units = [unit for unit in _START_CODE.split(data[:_SEARCHED_BYTES]) if unit]
    if codec == "h264":
        sets = [unit for unit in units if unit[0] & 0x1F in _H264_SETS]
    elif codec == "hevc":
        sets = [unit for unit in units if unit[0] >> 1 & 0x3F in _HEVC_SETS]
    else:
        sets = []
    return b"".join(b"\0\0\0\1" + unit for unit in sets)
