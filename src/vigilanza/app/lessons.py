"""The exercise as it goes: what has ended, and how it was decided."""

import threading
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from vigilanza.clock import Clock
from vigilanza.domain.events import EventKind, Severity
from vigilanza.domain.exercise import DECIDE_WITHIN_S, Lesson, Standing
from vigilanza.lab.curriculum import Scene
from vigilanza.store.auditlog import AuditLog, Sought
from vigilanza.store.queries import IncidentView, Queries
from vigilanza.web.present import is_waiting

SETTLE_S = 10.0
"""What a recording shows at its very end is raised by then."""
LIMIT = 1000
_FAULTS = {EventKind.CAMERA_FROZEN, EventKind.CAMERA_LOST, EventKind.CAMERA_UNSTEADY, EventKind.RESTORED}
"""No recording shows these. Key frames, all that an overloaded machine looks at, are the same while a camera waits."""


class Lessons:
    """See web.exercise.Exercise. What was told of an incident once is not changed by a later decision."""

    def __init__(
        self,
        *,
        scenes: Sequence[Scene],
        started: Callable[[str], float | None],
        queries: Queries,
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        """`started`: when second 0 of a camera's recording is shown (UTC, Unix seconds), None before that is known."""
        self._scenes = {scene.camera: scene for scene in scenes}
        self._started, self._queries, self._audit, self._clock = started, queries, audit, clock
        self._told: dict[UUID, Lesson] = {}
        self._lock = threading.Lock()
        self.begun = threading.Event()

    def begin(self) -> None:
        """See Exercise."""
        self.begun.set()

    def standing(self) -> Standing:
        """See Exercise."""
        now = self._clock.now()
        played = {camera for camera in self._scenes if self._has_played(camera, now)}
        views = [view for view in self._queries.incidents(LIMIT) if view.severity is not Severity.INFO]
        raised = [view for view in views if not _is_fault(view)]
        with self._lock:
            for view in sorted(raised, key=lambda view: view.first_at):
                if view.id not in self._told and view.camera in played and _has_ended(view, now):
                    self._told[view.id] = self._lesson(view)
            told = dict(self._told)
        return Standing(
            begun=self.begun.is_set(),
            clips=len(self._scenes),
            played=len(played),
            unraised=len(_unraised(self._scenes, played, raised)),
            faults=len(views) - len(raised),
            over=len(played) == len(self._scenes) and all(view.id in told for view in raised),
            lessons=list(told.values()),
        )

    def _has_played(self, camera: str, now: float) -> bool:
        started = self._started(camera)
        return started is not None and now >= started + self._scenes[camera].truth.duration + SETTLE_S

    def _lesson(self, view: IncidentView) -> Lesson:
        scene = self._scenes[view.camera]
        looks = self._audit.page(Sought(action="incident.viewed", subject=str(view.id)), limit=LIMIT)
        return Lesson(
            incident=view.id,
            camera=view.camera,
            door=view.door,
            clip=scene.truth.clip,
            happened=scene.happened(view.door),
            opened_at=view.first_at,
            seen_at=looks[-1].at if looks else None,
            decision=view.decision,
        )


def _is_fault(view: IncidentView) -> bool:
    return {event.kind for event in view.events} <= _FAULTS


def _has_ended(view: IncidentView, now: float) -> bool:
    """Somebody has decided, and nothing graver came since; or there was time enough."""
    return not is_waiting(view) or now > view.first_at + DECIDE_WITHIN_S


def _unraised(scenes: Mapping[str, Scene], played: set[str], raised: Sequence[IncidentView]) -> set[str]:
    seen = {view.camera for view in raised}
    return {camera for camera in played - seen if scenes[camera].wanted}
