"""`vigilanza probe`: what a camera is, how it is set, and what should be set otherwise."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from vigilanza.capture.advice import Advice, advise
from vigilanza.capture.description import CameraDescription, Profile, main_of, sub_of
from vigilanza.config import Camera
from vigilanza.domain.door import Role
from vigilanza.domain.sharpness import Sharpness


@dataclass(frozen=True, slots=True)
class Finding:
    """A camera, how sharp each sealed door would be in its analysed stream, and all advice."""

    camera: CameraDescription
    doors: Mapping[str, Sharpness]
    advice: tuple[Advice, ...]

    @staticmethod
    def of(described: CameraDescription, configured: Camera | None) -> "Finding":
        """`configured` gives the doors, if they are drawn already."""
        encoder = sub_of(described.profiles).encoder if described.profiles else None
        doors: dict[str, Sharpness] = {}
        if configured is not None and encoder is not None:
            size_px = (encoder.width_px, encoder.height_px)
            sealed = [door for door in configured.doors if door.role is Role.SEALED]
            doors = {door.id: Sharpness.of(door.leaf, size_px) for door in sealed}
        small = [(door, found, found.complaint) for door, found in doors.items()]
        return Finding(
            described,
            doors,
            (
                *advise(described),
                *(Advice(f"door {door}", _size(found), what) for door, found, what in small if what is not None),
            ),
        )

    def told(self) -> dict[str, Any]:
        """For programs."""
        return {
            "device": asdict(self.camera.device),
            "clock_ahead": None if self.camera.clock_ahead is None else round(self.camera.clock_ahead, 1),
            "events": self.camera.has_events,
            "profiles": [_profile(profile, self.camera) for profile in self.camera.profiles],
            "doors": {door: asdict(sharpness) for door, sharpness in self.doors.items()},
            "advice": [asdict(advice) for advice in self.advice],
        }


def show(finding: Finding, *, as_json: bool, console: Console) -> int:
    """Print it; 0, or 1 if there is advice."""
    if as_json:
        text = json.dumps(finding.told(), indent=2, ensure_ascii=False)
        console.print(text, highlight=False, markup=False, soft_wrap=True)
        return 1 if finding.advice else 0
    for line in _head(finding):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    console.print(_table(finding.camera))
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
        table.add_row(profile.token, ", ".join(told["use"]) or "–", plain[0], size, plain[1], gop, plain[2], audio)
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


def _size(sharpness: Sharpness) -> str:
    return f"{sharpness.px_per_metre:.0f} pixels per metre, {sharpness.width_px:.0f} pixels wide"


def _or_unknown(value: object) -> str:
    return "?" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
