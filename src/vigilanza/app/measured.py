"""What the detection was measured to be worth, as `vigilanza evaluate` wrote it."""

import json
from pathlib import Path

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from vigilanza.lab.evaluation import FORMAT, ORIGINAL
from vigilanza.web.site import Measured

log = structlog.get_logger(__name__)
SIZE_MAX_BYTES = 50_000_000


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Figures(_Part):
    events: int
    found: int
    late: int
    recall_low: float
    recall_high: float
    p50_s: float | None
    p95_s: float | None


class _Run(_Part):
    run: str
    figures: _Figures


class _Evaluation(_Part):
    format: int
    vigilanza: str
    truth_sha256: str
    runs: list[_Run]


def read_measured(path: Path | None) -> Measured | None:
    """The figures of the recordings as they are; None, and logged, if the file is not what it should be."""
    if path is None:
        return None
    try:
        status = path.stat()
        if status.st_size > SIZE_MAX_BYTES:
            raise ValueError(f"more than {SIZE_MAX_BYTES} bytes")
        told = _Evaluation.model_validate(json.loads(path.read_bytes()))
        if told.format != FORMAT or not told.runs or told.runs[0].run != ORIGINAL:
            raise ValueError("written by another version: evaluate again")
    except ValidationError as error:
        log.warning("no recall is shown", file=str(path), why=f"not an evaluation: {error.errors()[0]['msg']}")
        return None
    except (OSError, ValueError) as error:
        log.warning("no recall is shown", file=str(path), why=str(error))
        return None
    figures = told.runs[0].figures
    return Measured(
        at=status.st_mtime,
        version=told.vigilanza,
        recordings=told.truth_sha256,
        events=figures.events,
        found=figures.found,
        late=figures.late,
        low=figures.recall_low,
        high=figures.recall_high,
        p50=figures.p50_s,
        p95=figures.p95_s,
    )
