"""The evaluation that the configuration names, as it lies there now, and whether it is about what runs here."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vigilanza import __version__
from vigilanza.app.weights import weights_of
from vigilanza.config import Detection
from vigilanza.lab.seal import FORMAT, SEAL, seal_of
from vigilanza.web.blindtest import BlindTest, Doubt, Measured

LARGEST_BYTES = 64_000_000
"""Some thousand recordings, with all perturbations."""


def blind_test(path: Path | None, detection: Detection) -> Callable[[], BlindTest | None]:
    """Reads the file anew each time; None where none is named."""

    def read() -> BlindTest | None:
        return None if path is None else read_blind_test(path, detection)

    return read


def read_blind_test(path: Path, detection: Detection) -> BlindTest:
    """What it says, and the doubts about that."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ValueError(f"more than {LARGEST_BYTES} bytes")
        told = json.loads(path.read_text("utf-8"))
        measured, sealed = _measured(told), seal_of(told) == told[SEAL]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        said = error.strerror if isinstance(error, OSError) else f"no evaluation ({error!r})"
        return BlindTest((Doubt.UNREADABLE,), why=f"{path.name}: {said}")
    here = (detection.people, weights_of(detection))
    doubts = {
        Doubt.CHANGED: not sealed,
        Doubt.OTHER_MODEL: (measured.people, measured.models) != here,
        Doubt.OTHER_PROGRAM: measured.vigilanza != __version__,
    }
    return BlindTest(tuple(doubt for doubt, is_so in doubts.items() if is_so), measured)


def _measured(told: dict[str, Any]) -> Measured:
    """Of the recordings as they are, not of their changed copies. ValueError, KeyError, … if it is no evaluation."""
    if told["format"] != FORMAT:
        raise ValueError(f"format {told['format']!r}, known is {FORMAT}")
    run = told["runs"][0]
    figures = run["figures"]
    return Measured(
        made_at=str(told["made_at"]),
        recall=None if figures["recall"] is None else float(figures["recall"]),
        low=float(figures["recall_low"]),
        high=float(figures["recall_high"]),
        events=int(figures["events"]),
        found=int(figures["found"]),
        in_time=None if figures["recall_in_time"] is None else float(figures["recall_in_time"]),
        recordings=len(run["takes"]),
        truth_sha256=str(told["truth_sha256"]),
        vigilanza=str(told["vigilanza"]),
        analysis_fps=float(told["analysis_fps"]),
        people=str(told["people"]["name"]),
        models={str(name): str(digest) for name, digest in told["people"]["models"].items()},
    )
