"""/api/exercise: what a trainee practises on, and what became of it. There only in an exercise."""

import json
from collections.abc import Mapping
from typing import Any, Protocol

from fastapi import APIRouter
from starlette.responses import Response

from vigilanza.domain.exercise import Lesson, Standing
from vigilanza.domain.role import Permission
from vigilanza.web.csvfile import csv_bytes
from vigilanza.web.permit import needs

MARK = "ESERCITAZIONE"
"""In every row and every file's name: nobody may take one for a record of what happened."""
_COLUMNS = (
    *("exercise", "incident", "clip", "camera", "door", "happened", "opened_at", "seen_after_s", "decided_after_s"),
    *("avs", "reason", "right", "in_time"),
)


class Exercise(Protocol):
    """Recordings that are played to a trainee. Safe to call from any thread."""

    def begin(self) -> None:
        """Play them, unless that was begun."""

    def standing(self) -> Standing:
        """So far. JournalUnavailable."""


class ExerciseRoutes:
    """What is true about an incident is told once it has ended, not before. No person is named."""

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(prefix="/api/exercise", tags=["exercise"])
        router.get("", dependencies=[needs(Permission.SEE_INCIDENTS)])(self.standing)
        router.get(".csv", dependencies=[needs(Permission.SEE_INCIDENTS)], response_class=Response)(self.csv)
        router.get(".json", dependencies=[needs(Permission.SEE_INCIDENTS)], response_class=Response)(self.json)
        router.post("/begin", dependencies=[needs(Permission.DECIDE)])(self.begin)
        return router

    def standing(self) -> dict[str, Any]:
        """The score, and each incident that has ended, the oldest first."""
        return present_standing(self._exercise.standing())

    def begin(self) -> dict[str, Any]:
        """Play the recordings; the same as `standing` if that was begun before."""
        self._exercise.begin()
        return self.standing()

    def csv(self) -> Response:
        """The incidents that have ended as a table for spreadsheets."""
        told = self.standing()["lessons"]
        rows = (["" if one[name] is None else str(one[name]) for name in _COLUMNS] for one in told)
        return _file(csv_bytes(_COLUMNS, rows), "text/csv; charset=utf-8", "csv")

    def json(self) -> Response:
        """The same as `standing`, to be kept."""
        told = json.dumps(self.standing(), indent=2, ensure_ascii=False)
        return _file(told.encode(), "application/json", "json")


def _file(content: bytes, kind: str, ending: str) -> Response:
    name: Mapping[str, str] = {"Content-Disposition": f'attachment; filename="{MARK.lower()}.{ending}"'}
    return Response(content, media_type=kind, headers=name)


def present_standing(standing: Standing) -> dict[str, Any]:
    """Seconds are from an incident's beginning; `percent` is of `right` and `in_time` together."""
    lessons = standing.lessons
    return {
        "exercise": MARK,
        "begun": standing.begun,
        "over": standing.over,
        "clips": standing.clips,
        "played": standing.played,
        "unraised": standing.unraised,
        "faults": standing.faults,
        "incidents": len(lessons),
        "right": sum(lesson.right for lesson in lessons),
        "in_time": sum(lesson.in_time for lesson in lessons),
        "percent": standing.percent,
        "lessons": [_lesson(lesson) for lesson in lessons],
    }


def _lesson(lesson: Lesson) -> dict[str, Any]:
    decision = lesson.decision
    return {
        "exercise": MARK,
        "incident": str(lesson.incident),
        "clip": lesson.clip,
        "camera": lesson.camera,
        "door": lesson.door,
        "happened": lesson.happened.value,
        "opened_at": round(lesson.opened_at, 1),
        "seen_after_s": _rounded(lesson.seen_after),
        "decided_after_s": _rounded(lesson.decided_after),
        "avs": None if decision is None else decision.avs,
        "reason": None if decision is None or decision.reason is None else decision.reason.value,
        "right": lesson.right,
        "in_time": lesson.in_time,
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
