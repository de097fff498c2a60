"""What people use today, on the same streams."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vigilanza.lab.bench.contestant import Account, Command
from vigilanza.lab.bench.workload import MAIN_FPS, SUB_FPS
from vigilanza.lab.bench.yard import Camera

FFMPEG, MOTION = "ffmpeg", "motion"


@dataclass(frozen=True, slots=True)
class Ffmpeg:
    """Decodes every picture of one stream of each camera and throws it away: a process and a thread each."""

    stream: str = "sub"

    @property
    def name(self) -> str:
        """With what it does."""
        return f"ffmpeg, decoding {self.stream}"

    @property
    def fps(self) -> float:
        """Of the stream it decodes."""
        return SUB_FPS if self.stream == "sub" else MAIN_FPS

    def commands(self, cameras: Sequence[Camera], folder: Path) -> list[Command]:
        """See Contestant. `-progress` keeps the account of pictures."""
        return [
            Command(
                (
                    *(FFMPEG, "-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1"),
                    *("-rtsp_transport", "tcp", "-allowed_media_types", "video"),
                    *("-i", str(camera.sub if self.stream == "sub" else camera.main), "-fps_mode", "passthrough"),
                    *("-progress", f"{camera.id}.progress", "-stats_period", "1", "-f", "null", "-"),
                ),
                folder,
                f"{camera.id}.log",
            )
            for camera in cameras
        ]

    def pictures(self, cameras: Sequence[Camera], folder: Path) -> Account | None:
        """See Contestant: pictures decoded."""
        return {camera.id: _progress(folder / f"{camera.id}.progress") for camera in cameras}

    def shortfall(self, folder: Path) -> str | None:  # noqa: ARG002 - the protocol's signature
        """It leaves nothing out."""
        return None


@dataclass(frozen=True, slots=True)
class Motion:
    """Debian's motion with its own defaults, without pictures, films and pages: it decodes and detects movement."""

    width_px: int = 640
    height_px: int = 360

    @property
    def name(self) -> str:
        """With what it does."""
        return "motion"

    @property
    def fps(self) -> float:
        """Of the sub streams, all pictures of which it takes."""
        return SUB_FPS

    def commands(self, cameras: Sequence[Camera], folder: Path) -> list[Command]:
        """See Contestant. One process for all cameras."""
        files = [f"{camera.id}.conf" for camera in cameras]
        for number, (camera, file) in enumerate(zip(cameras, files, strict=True), start=1):
            lines = (f"camera_name {camera.id}", f"camera_id {number}", f"netcam_url {camera.sub}")
            (folder / file).write_text("\n".join(lines) + "\n", "utf-8")
        general = (
            *("daemon off", "setup_mode off", "log_level 5", f"target_dir {folder}"),
            *("netcam_params rtsp_transport=tcp", f"width {self.width_px}", f"height {self.height_px}"),
            *(
                f"framerate {SUB_FPS:.0f}",
                "picture_output off",
                "movie_output off",
                "webcontrol_port 0",
                "stream_port 0",
            ),
            *(f"camera {folder / file}" for file in files),
        )
        (folder / "motion.conf").write_text("\n".join(general) + "\n", "utf-8")
        return [Command((MOTION, "-n", "-c", "motion.conf"), folder)]

    def pictures(self, cameras: Sequence[Camera], folder: Path) -> Account | None:  # noqa: ARG002 - the protocol's signature
        """It keeps no account."""
        return None

    def shortfall(self, folder: Path) -> str | None:  # noqa: ARG002 - the protocol's signature
        """It does not say."""
        return None


def _progress(file: Path) -> tuple[float, int]:
    """When ffmpeg wrote its -progress last, and the last `frame=` in it."""
    if not file.exists():
        return 0.0, 0
    at, text = file.stat().st_mtime, file.read_text("ascii", "replace")
    counts = [line for line in text.splitlines() if line.startswith("frame=")]
    return (at, int(counts[-1].partition("=")[2])) if counts else (0.0, 0)
