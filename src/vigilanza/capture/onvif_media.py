"""A camera's streams by ONVIF: the Media2 service, which alone speaks of H.265, and the older Media."""

from typing import Any, Protocol

from lxml import etree
from zeep.exceptions import Fault

from vigilanza.capture.description import H264, Encoder, Profile

MEDIA = "http://www.onvif.org/ver10/media/wsdl"
MEDIA2 = "http://www.onvif.org/ver20/media/wsdl"
_SOAP = "http://www.w3.org/2003/05/soap-envelope"
_CODECS = {"H264": H264, "H265": "H.265", "MPV4-ES": "MPEG-4", "MPEG4": "MPEG-4"}


class MediaService(Protocol):
    """What both generations of the service can do; all raise foreign errors."""

    async def profiles(self) -> tuple[Profile, ...]:
        """All streams that are offered."""
        ...

    async def stream_uri(self, token: str) -> str:
        """Where one of them is, as the camera believes."""
        ...


class OldMedia:
    """Media (ver10), by the library's own description of it."""

    def __init__(self, service: Any) -> None:
        self._service = service

    async def profiles(self) -> tuple[Profile, ...]:
        """See MediaService. A stream in H.265 has no encoder here: the service knows no word for it."""
        return tuple(_old_profile(said) for said in await self._service.GetProfiles() or [])

    async def stream_uri(self, token: str) -> str:
        """See MediaService."""
        setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
        said = await self._service.GetStreamUri({"StreamSetup": setup, "ProfileToken": token})
        return str(said.Uri)


class Media2:
    """Media2 (ver20). The library does not describe it, so its two questions are asked by hand.

    `service` is any service of the library at this camera: it lends its connection and its signature.
    """

    def __init__(self, service: Any, address: str) -> None:
        self._service, self._address = service, address

    async def profiles(self) -> tuple[Profile, ...]:
        """See MediaService."""
        asked = "".join(f"<t:Type>{part}</t:Type>" for part in ("VideoSource", "VideoEncoder", "AudioEncoder"))
        answer = await self._ask("GetProfiles", asked)
        return tuple(_profile(said) for said in answer.iterfind(".//{*}Profiles"))

    async def stream_uri(self, token: str) -> str:
        """See MediaService."""
        wanted = etree.Element("token")
        wanted.text = token
        escaped = etree.tostring(wanted).decode().removeprefix("<token>").removesuffix("</token>")
        asked = f"<t:Protocol>RTSP</t:Protocol><t:ProfileToken>{escaped}</t:ProfileToken>"
        return str(_text(await self._ask("GetStreamUri", asked), "Uri"))

    async def _ask(self, operation: str, inside: str) -> Any:
        body = f'<s:Body><t:{operation} xmlns:t="{MEDIA2}">{inside}</t:{operation}></s:Body>'
        envelope = etree.fromstring(f'<s:Envelope xmlns:s="{_SOAP}"><s:Header/>{body}</s:Envelope>')
        action = f'application/soap+xml; charset=utf-8; action="{MEDIA2}/{operation}"'
        signed, headers = self._service.zeep_client.wsse.apply(envelope, {"Content-Type": action})
        response = await self._service.transport.post_xml(self._address, signed, headers)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        try:
            answer = etree.fromstring(response.content, parser)
        except etree.XMLSyntaxError as error:
            raise ValueError("no XML") from error
        if (fault := answer.find(f".//{{{_SOAP}}}Fault")) is not None:
            codes = [value.text for value in fault.iterfind(".//{*}Subcode/{*}Value")]
            raise Fault(str(_text(fault, "Text") or ""), subcodes=codes)  # type: ignore[no-untyped-call] # zeep has none
        return answer


def _old_profile(said: Any) -> Profile:
    source, audio = said.VideoSourceConfiguration, said.AudioEncoderConfiguration
    return Profile(
        token=str(said.token),
        name=str(said.Name or said.token),
        sensor=str(source.SourceToken) if source is not None else "",
        encoder=_old_encoder(said.VideoEncoderConfiguration),
        has_audio=audio is not None,
    )


def _old_encoder(said: Any) -> Encoder | None:
    if said is None or said.Resolution is None:
        return None
    rate, codec = said.RateControl, str(said.Encoding)
    fps = None
    if rate is not None and rate.FrameRateLimit:
        fps = float(rate.FrameRateLimit) / max(1.0, float(rate.EncodingInterval or 1))
    return Encoder(
        codec=_CODECS.get(codec, codec),
        width_px=int(said.Resolution.Width),
        height_px=int(said.Resolution.Height),
        fps=fps,
        bitrate_kbps=int(rate.BitrateLimit) if rate is not None and rate.BitrateLimit else None,
        gop_pictures=int(said.H264.GovLength) if said.H264 is not None and said.H264.GovLength else None,
    )


def _profile(said: Any) -> Profile:
    encoder = said.find(".//{*}VideoEncoder")
    return Profile(
        token=str(said.get("token")),
        name=str(_text(said, "Name") or said.get("token")),
        sensor=str(_text(said, "SourceToken") or ""),
        encoder=None if encoder is None else _encoder(encoder),
        has_audio=said.find(".//{*}AudioEncoder") is not None,
    )


def _encoder(said: Any) -> Encoder | None:
    width, height = _number(said, "Width"), _number(said, "Height")
    if width is None or height is None:
        return None
    codec, bitrate, gop = str(_text(said, "Encoding")), _number(said, "BitrateLimit"), said.get("GovLength")
    return Encoder(
        codec=_CODECS.get(codec, codec),
        width_px=int(width),
        height_px=int(height),
        fps=_number(said, "FrameRateLimit") or None,
        bitrate_kbps=int(bitrate) if bitrate else None,
        gop_pictures=int(gop) if gop and int(gop) > 0 else None,
    )


def _text(element: Any, name: str) -> str | None:
    found = element.findtext(f".//{{*}}{name}")
    return None if found is None else str(found).strip()


def _number(element: Any, name: str) -> float | None:
    text = _text(element, name)
    return float(text) if text else None
