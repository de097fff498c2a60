"""What a soak of `soak.py` plays: films, scene and configuration."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vigilanza.lab.day import write_day
from vigilanza.lab.truth import KnownRecording, read_recordings

PORT = 19000
LAP_S = 120.0
"""Length of a quiet camera's film, which is shown again and again."""
LOSS = 0.05
OUTAGE_S, REBOOT_S = 20, 15
QUIET = ("dev_neg_leaning_on_wall_with_phone", "dev_neg_timer_light_on_off", "dev_neg_cleaner_at_sealed_door")
BREAK_INS = (
    *("dev_pos_two_fast_kick", "dev_pos_comes_out_of_sealed_unit"),
    *("dev_pos_lone_pry_then_kick", "dev_pos_ir_night_forced_entry"),
)
EVERY_LOSSY = 4
"""One camera in so many has a line that loses LOSS of its packets."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is played: seconds from the beginning. In every round the same happens again."""

    cameras: int
    seconds: float
    rounds: int

    @property
    def round_s(self) -> float:
        """Length of a round."""
        return self.seconds / self.rounds

    @property
    def outages_at(self) -> Sequence[float]:
        """The switch goes: all cameras at once."""
        return self._in_every_round(0.3)

    @property
    def storms_at(self) -> Sequence[float]:
        """Every camera reboots some time in the minute from here on."""
        return self._in_every_round(0.5)

    def break_ins_at(self, number: int) -> Sequence[float]:
        """Clear of outage and storm."""
        return self._in_every_round((0.15, 0.4, 0.7, 0.85)[number])

    def _in_every_round(self, share: float) -> Sequence[float]:
        return [(number + share) * self.round_s for number in range(self.rounds)]

    def name(self, index: int) -> str:
        """Of a camera; the first ones see a break-in."""
        return f"break-in-{index}" if index < len(BREAK_INS) else f"quiet-{index}"

    def lossy(self, index: int) -> bool:
        """True for one of the quiet cameras whose line loses packets."""
        return index >= len(BREAK_INS) and index % EVERY_LOSSY == 0


class Stage:
    """The films, the scene and the configuration in one folder."""

    def __init__(self, plan: Plan, clips: Path, folder: Path) -> None:
        self._plan, self._folder = plan, folder
        known = {one.video.stem: one for one in read_recordings(clips)}
        self._views = [known[QUIET[index % len(QUIET)]] for index in range(plan.cameras)]
        self._views[: len(BREAK_INS)] = [known[name] for name in BREAK_INS]

    def film(self) -> None:
        """Quiet cameras of one view share a film."""
        for index, view in enumerate(self._views):
            path = self._film_of(index)
            if index < len(BREAK_INS):
                shown = self._plan.break_ins_at(index)
                write_day(view.video, path, seconds=self._plan.seconds, quiet_until=2.0, shown_at=shown, seed=index)
            elif not path.exists():
                write_day(view.video, path, seconds=LAP_S, quiet_until=2.0, seed=index)

    def scene(self) -> Path:
        """For `vigilanza simulate`."""
        plan = self._plan
        names = [plan.name(index) for index in range(plan.cameras)]
        cameras = [
            {"id": name, "streams": {"/sub": self._film_of(index).name}, "offset": f"{index if index > 3 else 0}s"}
            for index, name in enumerate(names)
        ]
        timeline: list[dict[str, Any]] = []
        for outage_at, storm_at in zip(plan.outages_at, plan.storms_at, strict=True):
            timeline.append({"at": f"{outage_at:.0f}s", "fault": "unplug", "for": f"{OUTAGE_S}s"})
            storm = f"{storm_at:.0f}s..{storm_at + 60:.0f}s"
            timeline += [{"at": storm, "camera": name, "fault": "reboot", "for": f"{REBOOT_S}s"} for name in names]
        lossy = [name for index, name in enumerate(names) if plan.lossy(index)]
        if lossy:
            timeline.append({"at": "0s", "camera": lossy, "fault": "loss", "value": LOSS})
        document = {"port": PORT, "seed": 7, "cameras": cameras, "timeline": timeline}
        return self._written("scene.yaml", document)

    def configuration(self) -> Path:
        """For `vigilanza watch`."""
        cameras = [
            {
                "id": self._plan.name(index),
                "source": f"rtsp://127.0.0.1:{PORT + index}/sub",
                "doors": [
                    {"id": f"{index}.{door.id}", "role": door.role.value, "leaf": door.leaf, "floor": door.floor}
                    for door in view.truth.cameras_doors()
                ],
            }
            for index, view in enumerate(self._views)
        ]
        storage = {"database": "sqlite:///vigilanza.db", "media": "media", "state": "state"}
        return self._written(
            "site.yaml", {"site": {"id": "soak", "name": "soak"}, "cameras": cameras, "storage": storage}
        )

    def expected(self) -> dict[str, KnownRecording]:
        """Cameras that see a break-in, with its truth."""
        return {self._plan.name(index): self._views[index] for index in range(len(BREAK_INS))}

    def _film_of(self, index: int) -> Path:
        name = self._plan.name(index) if index < len(BREAK_INS) else f"quiet-{self._views[index].truth.camera}"
        return self._folder / f"{name}.mp4"

    def _written(self, name: str, document: dict[str, Any]) -> Path:
        path = self._folder / name
        path.write_text(json.dumps(document), encoding="utf-8")  # which is YAML too
        return path
