"""The session description of one camera (RFC 4566, 6184, 7798): one video track, never sound."""

import base64

from vigilanza.bridge.rtsp.nal import parameter_sets
from vigilanza.bridge.rtsp.programme import Format
from vigilanza.bridge.rtsp.rtp import CLOCK_HZ, PAYLOAD_TYPE

TRACK = "video"


def describe(programme: Format, *, host: str) -> str:
    """SDP; `host` is our address as the asker sees it."""
    family = "IP6" if ":" in host else "IP4"
    lines = [
        "v=0",
        f"o=- 0 0 IN {family} {host}",
        "s=Vigilanza",
        f"c=IN {family} {host}",
        "t=0 0",
        "a=control:*",
        "a=range:npt=now-",
        f"m=video 0 RTP/AVP {PAYLOAD_TYPE}",
        f"a=rtpmap:{PAYLOAD_TYPE} {'H264' if programme.codec == 'h264' else 'H265'}/{CLOCK_HZ}",
        f"a=fmtp:{PAYLOAD_TYPE} {_parameters(programme)}".rstrip(),
        f"a=framesize:{PAYLOAD_TYPE} {programme.width_px}-{programme.height_px}",
        "a=sendonly",
        f"a=control:{TRACK}",
    ]
    return "\r\n".join([*lines, ""])


def _parameters(programme: Format) -> str:
    sets = parameter_sets(programme.codec, programme.parameter_sets)
    text = {kind: base64.b64encode(nal).decode() for kind, nal in sets.items()}
    if programme.codec == "hevc":
        named = {32: "sprop-vps", 33: "sprop-sps", 34: "sprop-pps"}
        return ";".join(f"{named[kind]}={text[kind]}" for kind in sorted(text))
    parts = ["packetization-mode=1"]
    if 7 in sets:
        parts.append(f"profile-level-id={sets[7][1:4].hex()}")
    if 7 in sets and 8 in sets:
        parts.append(f"sprop-parameter-sets={text[7]},{text[8]}")
    return ";".join(parts)
