"""Everything we believe about one camera: pictures in, events out. Owned by exactly one thread."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import structlog

from vigilanza.detect.belief import Belief
from vigilanza.detect.contact import Contacts
from vigilanza.detect.detector import Context, Detector
from vigilanza.detect.gate import Activity, Gate
from vigilanza.detect.sentry import Sentry
from vigilanza.detect.timeline import TimeLine
from vigilanza.domain import attack, incident
from vigilanza.domain.attack import Attack
from vigilanza.domain.door import Door, Role
from vigilanza.domain.errors import DetectorError
from vigilanza.domain.events import Event, Phase
from vigilanza.domain.frame import Frame
from vigilanza.domain.incident import Incident, Policy
from vigilanza.domain.observation import Fact, Observation
from vigilanza.domain.workorder import WorkOrder, covering, step_under

log = structlog.get_logger(__name__)

ENDS_KEPT = 100


class Pipeline:
    """Joins gate, detectors and incident logic of one camera; deterministic in the pictures it is given."""

    def __init__(
        self,
        *,
        camera: str,
        doors: Sequence[Door],
        detectors: Mapping[str, Detector],
        policy: Policy,
        orders: Callable[[], Sequence[WorkOrder]] = tuple,
    ) -> None:
        """`detectors` are asked in order; each knows what the ones before it saw.

        `orders` gives the work orders known now; it is asked at every picture and must not wait.
        """
        self._camera, self._doors, self._detectors, self._policy = camera, tuple(doors), detectors, policy
        self._orders = orders
        self._gate = Gate()
        self._line = TimeLine()
        self._seen: tuple[Observation, ...] = ()
        self._at: float | None = None
        self._infrared = False
        self.sentry = Sentry(doors)
        """Says whether this camera needs all its pictures."""
        self.contacts = Contacts(doors)
        """Of the doors; any thread may tell them."""
        self._attack = Attack(camera)
        self._incidents = {door.id: Incident(camera, door.id) for door in doors if door.role is Role.SEALED}
        self._under: dict[str, str | None] = dict.fromkeys(self._incidents)
        self._ends: deque[Event] = deque(maxlen=ENDS_KEPT)
        self.detector_errors: dict[str, int] = dict.fromkeys(detectors, 0)

    def resume(self, told: Sequence[Event]) -> None:
        """Take up the incidents that are open on record, given their events, each incident's in order.

        What has begun anew in the meantime goes on as it is; what was closed here stays so, if that is not on record
        yet. If it is, somebody else went on with it.
        """
        ends, on_record = {event.incident: event.id for event in self._ends}, {event.id for event in told}
        of_here = [event for event in told if event.camera == self._camera]
        mine = [event for event in of_here if ends.get(event.incident, event.id) in on_record]
        for door in {event.door for event in mine}:
            last = max((event for event in mine if event.door == door), key=lambda event: event.at)
            events = [event for event in mine if event.incident == last.incident]
            if door is None and not self._attack.open:
                self._attack = attack.resumed(events)
            elif door in self._incidents and not self._incidents[door].open:
                self._incidents[door], self._under[door] = incident.resumed(events), last.order

    def process(self, frame: Frame, *, steady: bool = True) -> list[Event]:
        """The events of one picture, in order.

        Not `steady`: the camera was lost, and this picture is no proof yet that it is back.
        """
        at = self._line.advance(frame.at)
        frame_on_line = replace(frame, at=at)
        activity = self._gate.look(frame_on_line)
        seen = self._observe(frame_on_line, activity) + self.contacts.observations()
        if not steady:
            seen.append(Observation(Fact.SIGNAL_UNSTEADY, 1.0))
        self._at, self._seen, self._infrared = at, tuple(seen), activity.infrared
        self._attack, events = attack.step(self._attack, seen, at)
        found = [*events, *self._step_doors(self._incidents, seen, at, clock_at=frame.at)]
        busy = self._attack.open or any(now.open for now in self._incidents.values())
        self.sentry.note(frame_on_line, activity, seen, open_incident=busy)
        return self._told(found)

    def belief(self) -> Belief | None:
        """What is believed after the last picture; None before the first."""
        if self._at is None:
            return None
        return Belief(self._at, self._infrared, self._seen, self._attack, tuple(self._incidents.values()))

    def lose(self, at: float) -> list[Event]:
        """There are no pictures at `at`: to be said about once a second while it lasts.

        Incidents stay as they are, but for doors whose contact tells what no picture shows.
        """
        moment, told = self._line.advance(at), self.contacts.observations()
        self._seen = (Observation(Fact.SIGNAL_LOST, 1.0), *told)
        self.sentry.lose()
        self._attack, events = attack.step(self._attack, self._seen, moment)
        opened = [observation.where for observation in told if observation.where is not None]
        return self._told([*events, *self._step_doors(opened, self._seen, moment, clock_at=at)])

    def _told(self, events: Sequence[Event]) -> list[Event]:
        """By the clock's time."""
        self._ends.extend(event for event in events if event.phase is Phase.CLOSED)
        return [self._line.restore(event) for event in events]

    def _step_doors(
        self, doors: Iterable[str], seen: Sequence[Observation], at: float, *, clock_at: float
    ) -> list[Event]:
        """Advance these doors to `at` on the line. Orders are granted by the clock, which the line may leave behind."""
        found: list[Event] = []
        orders = self._orders()
        for door in doors:
            mine = [observation for observation in seen if observation.where in (door, None)]
            order, now = covering(orders, door, clock_at), self._incidents[door]
            self._incidents[door], events, self._under[door] = step_under(
                now, mine, at, self._policy, order=order, under=self._under[door]
            )
            found += events
        return found

    def _observe(self, frame: Frame, activity: Activity) -> list[Observation]:
        seen: list[Observation] = []
        for name, detector in self._detectors.items():
            try:
                seen += detector.observe(frame, Context(self._doors, activity, tuple(seen)))
            except DetectorError as error:
                self._note(name, str(error))
            except Exception as error:  # noqa: BLE001 - a bug in one detector may not blind the others
                self._note(name, f"internal error: {type(error).__name__}", exc_info=error)
        return seen

    def _note(self, detector: str, why: str, exc_info: Exception | None = None) -> None:
        """Count every failure, log the first, the tenth, the hundredth and then each thousandth."""
        self.detector_errors[detector] += 1
        if self.detector_errors[detector] in (1, 10, 100) or self.detector_errors[detector] % 1000 == 0:
            log.error("detector failed", camera=self._camera, detector=detector, why=why, exc_info=exc_info)
