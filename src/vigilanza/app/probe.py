"""`vigilanza probe`: what a camera is, how it is set, and what should be set otherwise."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vigilanza.capture.advice import Advice, advise
from vigilanza.capture.description import CameraDescription, Profile, main_of, sub_of
from vigilanza.capture.measurement import Measurement, measure
from vigilanza.capture.onvif import OnvifClient
from vigilanza.capture.onvif_source import OnvifSource
from vigilanza.capture.onvif_target import OnvifTarget
from vigilanza.capture.source import Source
from vigilanza.capture.trust import Trust
from vigilanza.clock import Clock
from vigilanza.config import Camera
from vigilanza.domain.door import Role
from vigilanza.domain.errors import SourceError
from vigilanza.domain.sharpness import Sharpness


@dataclass(frozen=True, slots=True)
class Finding:
    """A camera, what its streams send, how sharp each sealed door is in the analysed one, and all advice."""

    camera: CameraDescription
    measured: Mapping[str, Measurement]
    doors: Mapping[str, Sharpness]
    advice: tuple[Advice, ...]

    @staticmethod
    def of(
        described: CameraDescription, configured: Camera | None, sent: "Mapping[str, Measurement | SourceError]"
    ) -> "Finding":
        """`configured` gives the doors, if they are drawn already; `sent` by profile, for those that were read."""
        encoder = sub_of(described.profiles).encoder if described.profiles else None
        doors: dict[str, Sharpness] = {}
        if configured is not None and encoder is not None:
            size_px = (encoder.width_px, encoder.height_px)
            sealed = [door for door in configured.doors if door.role is Role.SEALED]
            doors = {door.id: Sharpness.of(door.leaf, size_px) for door in sealed}
        small = [(door, found, found.complaint) for door, found in doors.items()]
        return Finding(
            described,
            {token: one for token, one in sent.items() if isinstance(one, Measurement)},
            doors,
            (
                *advise(described),
                *(advice for token, one in sent.items() for advice in _about(token, one)),
                *(Advice(f"door {door}", _size(found), what) for door, found, what in small if what is not None),
            ),
        )

    def told(self) -> dict[str, Any]:
        """For programs."""
        return {
            "device": asdict(self.camera.device),
            "clock_ahead": None if self.camera.clock_ahead is None else round(self.camera.clock_ahead, 1),
            "events": self.camera.has_events,
            "measured": {token: asdict(one) for token, one in self.measured.items()},
            "profiles": [_profile(profile, self.camera) for profile in self.camera.profiles],
            "doors": {door: asdict(sharpness) for door, sharpness in self.doors.items()},
            "advice": [asdict(advice) for advice in self.advice],
        }


def probe(
    target: OnvifTarget,
    *,
    user: str | None,
    password: str | None,
    trust: Trust | None,
    configured: Camera | None,
    seconds: float | None,
    clock: Clock,
) -> Finding:
    """Ask a camera, and read its streams for so many `seconds` each (None: not at all). Raises as OnvifClient does."""
    described = OnvifClient(target=target, user=user, password=password, trust=trust).describe()

    def open_stream(token: str) -> Source:
        asked = replace(target, profile=token)
        return OnvifSource(target=asked, user=user, password=password, clock=clock, trust=trust)

    sent = {} if seconds is None else measure_streams(described, open_stream, seconds)
    return Finding.of(described, configured, sent)


def measure_streams(
    described: CameraDescription, open_stream: Callable[[str], Source], seconds: float
) -> dict[str, Measurement | SourceError]:
    """Read the streams that would be used, one after the other; by profile. `open_stream` takes a profile's token."""
    sent: dict[str, Measurement | SourceError] = {}
    used = (main_of(described.profiles), sub_of(described.profiles)) if described.profiles else ()
    for token in dict.fromkeys(profile.token for profile in used):
        try:
            sent[token] = measure(open_stream(token), seconds=seconds)
        except SourceError as error:
            sent[token] = error
    return sent


def _about(token: str, sent: Measurement | SourceError) -> Iterator[Advice]:
    if isinstance(sent, SourceError):
        yield Advice(token, f"no pictures: {sent}", "switch RTSP on, let this user see it, open its port")
    elif sent.complaint is not None:
        yield Advice(token, "measured", sent.complaint)


def show(finding: Finding, *, as_json: bool, console: Console) -> int:
    """Print it; 0, or 1 if there is advice."""
    if as_json:
        text = json.dumps(finding.told(), indent=2, ensure_ascii=False)
        console.print(text, highlight=False, markup=False, soft_wrap=True)
        return 1 if finding.advice else 0
    for line in _head(finding):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    console.print(_table(finding.camera))
    for token, one in finding.measured.items():
        console.print(f"measured: {token}: {_sent(one)}", highlight=False, markup=False, soft_wrap=True)
    for door, sharpness in finding.doors.items():
        console.print(f"door {door}: {_size(sharpness)}", highlight=False, markup=False, soft_wrap=True)
    for advice in finding.advice:
        line = f"advice: {advice.about}: {advice.found}: {advice.do}"
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    if not finding.advice:
        console.print("Nothing needs to be set otherwise.", highlight=False)
    return 1 if finding.advice else 0


def _head(finding: Finding) -> tuple[str, ...]:
    device, ahead = finding.camera.device, finding.camera.clock_ahead
    name = " ".join(text for text in (device.manufacturer, device.model) if text) or "unnamed camera"
    clock = "not told" if ahead is None else f"{abs(ahead):.1f} s {'ahead' if ahead >= 0 else 'behind'}"
    return (
        f"{name}, firmware {device.firmware or 'not told'}, serial number {device.serial or 'not told'}",
        f"clock: {clock}; events: {'yes' if finding.camera.has_events else 'no'}",
    )


def _table(camera: CameraDescription) -> Table:
    columns = ("profile", "use", "codec", "pixels", "fps", "key frame every", "kbit/s", "audio")
    table = Table(*columns, box=None, pad_edge=False)
    for profile in camera.profiles:
        told = _profile(profile, camera)
        gop = "?" if told["gop_seconds"] is None else f"{told['gop_seconds']:g} s"
        size = f"{told['width_px']}x{told['height_px']}" if told["width_px"] else "?"
        plain = [_or_unknown(told[key]) for key in ("codec", "fps", "bitrate_kbps")]
        audio = "yes" if told["audio"] else "no"
        use = ", ".join(told["use"]) or "–"
        table.add_row(*map(escape, (profile.token, use, plain[0], size, plain[1], gop, plain[2], audio)))
    return table


def _profile(profile: Profile, camera: CameraDescription) -> dict[str, Any]:
    encoder = profile.encoder
    used = {"kept": main_of(camera.profiles), "analysed": sub_of(camera.profiles)}
    return {
        "token": profile.token,
        "name": profile.name,
        "use": [use for use, chosen in used.items() if chosen is profile],
        "codec": encoder.codec if encoder else None,
        "width_px": encoder.width_px if encoder else None,
        "height_px": encoder.height_px if encoder else None,
        "fps": encoder.fps if encoder else None,
        "gop_seconds": round(encoder.gop, 1) if encoder and encoder.gop is not None else None,
        "bitrate_kbps": encoder.bitrate_kbps if encoder else None,
        "audio": profile.has_audio,
    }


def _sent(one: Measurement) -> str:
    gop = "none after the first" if one.gop is None else f"every {one.gop:.1f} s"
    size = f"{one.codec} {one.width_px}x{one.height_px}"
    return f"{size}, {one.fps:.1f} pictures a second, key frames {gop}, {one.bitrate_kbps:.0f} kbit/s"


def _size(sharpness: Sharpness) -> str:
    return f"{sharpness.px_per_metre:.0f} pixels per metre, {sharpness.width_px:.0f} pixels wide"


def _or_unknown(value: object) -> str:
    return "?" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
