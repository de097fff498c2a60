"""A media profile of a simulated camera, as its Media and Media2 services describe it."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal, TypeAlias

import av

from vigilanza.domain.errors import RecordingError

Codec: TypeAlias = Literal["H264", "H265", "JPEG"]

_CODECS: dict[str, Codec] = {"h264": "H264", "hevc": "H265"}
_NOWHERE = (
    "<tt:Multicast><tt:Address><tt:Type>IPv4</tt:Type><tt:IPv4Address>0.0.0.0</tt:IPv4Address></tt:Address>"
    "<tt:Port>0</tt:Port><tt:TTL>1</tt:TTL><tt:AutoStart>false</tt:AutoStart></tt:Multicast>"
)


@dataclass(frozen=True, slots=True)
class SimProfile:
    """`uri` is the RTSP address it gives; `gop` counts pictures; `source` is the sensor it shows."""

    token: str
    uri: str
    codec: Codec = "H264"
    size_px: tuple[int, int] = (1280, 720)
    fps: int = 15
    bitrate_kbps: int = 2048
    gop: int = 30
    audio: bool = False
    source: str = "vs0"

    @staticmethod
    def of_recording(path: Path, *, token: str, uri: str) -> "SimProfile":
        """As the recording is encoded. RecordingError if it is not H.264 or H.265 video."""
        try:
            with av.open(str(path)) as container:
                stream = next(iter(container.streams.video), None)
                codec = None if stream is None else _CODECS.get(stream.codec_context.name)
                if stream is None or codec is None:
                    raise RecordingError(f"{path.name}: a simulated camera sends H.264 or H.265 only")
                size_px, fps = (stream.codec_context.width, stream.codec_context.height), stream.average_rate or 10
                keys = [packet.is_keyframe for packet in container.demux(stream) if packet.size]
                seconds = max(1.0, len(keys) / float(fps))
        except (av.FFmpegError, OSError) as error:
            raise RecordingError(f"{path.name}: {error}") from error
        at = [number for number, is_key in enumerate(keys) if is_key]
        gop = max((later - earlier for earlier, later in pairwise(at)), default=len(keys))
        bitrate_kbps = round(path.stat().st_size * 8 / 1000 / seconds)
        return SimProfile(token, uri, codec, size_px, round(fps), bitrate_kbps, gop)

    def media(self) -> str:
        """Its `trt:Profiles`. The old service cannot speak of H.265: such an encoder is left out, as its text asks."""
        encoder = "" if self.codec == "H265" else self._encoder()
        audio = self._audio() if self.audio else ""
        return (
            f'<trt:Profiles token="{self.token}" fixed="true"><tt:Name>{self.token}</tt:Name>'
            f'<tt:VideoSourceConfiguration token="vsc-{self.source}">{self._video_source()}'
            "</tt:VideoSourceConfiguration>"
            f"{encoder}{audio}</trt:Profiles>"
        )

    def media2(self) -> str:
        """Its `tr2:Profiles`, with everything in it."""
        width, height = self.size_px
        h26x = "" if self.codec == "JPEG" else f' GovLength="{self.gop}" Profile="Main"'
        audio = "<tr2:AudioEncoder token='aec'><tt:Name>aec</tt:Name><tt:UseCount>1</tt:UseCount>" + (
            "<tt:Encoding>PCMU</tt:Encoding><tt:Bitrate>64</tt:Bitrate><tt:SampleRate>8</tt:SampleRate></tr2:AudioEncoder>"
        )
        return (
            f'<tr2:Profiles token="{self.token}" fixed="true"><tr2:Name>{self.token}</tr2:Name><tr2:Configurations>'
            f'<tr2:VideoSource token="vsc-{self.source}">{self._video_source()}</tr2:VideoSource>'
            f'<tr2:VideoEncoder token="vec-{self.token}"{h26x}><tt:Name>{self.token}</tt:Name>'
            f"<tt:UseCount>1</tt:UseCount><tt:Encoding>{self.codec}</tt:Encoding>"
            f"<tt:Resolution><tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height></tt:Resolution>"
            f'<tt:RateControl ConstantBitRate="true"><tt:FrameRateLimit>{self.fps}.0</tt:FrameRateLimit>'
            f"<tt:BitrateLimit>{self.bitrate_kbps}</tt:BitrateLimit></tt:RateControl><tt:Quality>5</tt:Quality>"
            f"</tr2:VideoEncoder>{audio if self.audio else ''}</tr2:Configurations></tr2:Profiles>"
        )

    def _video_source(self) -> str:
        width, height = self.size_px
        return (
            f"<tt:Name>{self.source}</tt:Name><tt:UseCount>2</tt:UseCount><tt:SourceToken>{self.source}</tt:SourceToken>"
            f'<tt:Bounds x="0" y="0" width="{width}" height="{height}"/>'
        )

    def _encoder(self) -> str:
        width, height = self.size_px
        gov = f"<tt:H264><tt:GovLength>{self.gop}</tt:GovLength><tt:H264Profile>Main</tt:H264Profile></tt:H264>"
        return (
            f'<tt:VideoEncoderConfiguration token="vec-{self.token}"><tt:Name>{self.token}</tt:Name>'
            f"<tt:UseCount>1</tt:UseCount><tt:Encoding>{self.codec}</tt:Encoding>"
            f"<tt:Resolution><tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height></tt:Resolution>"
            f"<tt:Quality>5</tt:Quality><tt:RateControl><tt:FrameRateLimit>{self.fps}</tt:FrameRateLimit>"
            f"<tt:EncodingInterval>1</tt:EncodingInterval><tt:BitrateLimit>{self.bitrate_kbps}</tt:BitrateLimit>"
            f"</tt:RateControl>{gov if self.codec == 'H264' else ''}{_NOWHERE}"
            "<tt:SessionTimeout>PT60S</tt:SessionTimeout></tt:VideoEncoderConfiguration>"
        )

    def _audio(self) -> str:
        return (
            '<tt:AudioEncoderConfiguration token="aec"><tt:Name>aec</tt:Name><tt:UseCount>1</tt:UseCount>'
            "<tt:Encoding>G711</tt:Encoding><tt:Bitrate>64</tt:Bitrate><tt:SampleRate>8</tt:SampleRate>"
            f"{_NOWHERE}<tt:SessionTimeout>PT60S</tt:SessionTimeout></tt:AudioEncoderConfiguration>"
        )
